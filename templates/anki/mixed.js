var list = main.querySelector('.options');
if (!list) return;
var back = main.classList.contains('back'), many = list.classList.contains('many');
var items = Array.prototype.slice.call(list.children);
items.forEach(function (item, index) { item.setAttribute('data-n', index + 1); });
if (!list.classList.contains('fixed')) {
  // Same text and same day give the same order on both sides, without storage.
  var seed = 0, text = list.textContent + new Date().toDateString();
  for (var i = 0; i < text.length; i++) seed = (seed * 31 + text.charCodeAt(i)) >>> 0;
  for (var j = items.length - 1; j > 0; j--) {
    // The high bits: the low ones of such a generator repeat after a few numbers.
    seed = (seed * 1664525 + 1013904223) % 4294967296;
    var k = Math.floor(seed / 4294967296 * (j + 1)), one = items[j];
    items[j] = items[k];
    items[k] = one;
  }
  items.forEach(function (item) { list.appendChild(item); });
}
