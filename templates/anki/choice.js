(function () {
  var main = document.querySelector('main'), list = main && main.querySelector('.options');
  if (!list) return;
  var back = main.className === 'back', many = list.className.indexOf('many') > 0;
  var key = 'lrcards-' + main.getAttribute('data-key');
  function save(text) {
    window.lrcardsPick = window.lrcardsPick || {};
    window.lrcardsPick[key] = text;
    try { sessionStorage.setItem(key, text); } catch (error) { /* kept in the window then */ }
  }
  function load() {
    var text = null;
    try { text = sessionStorage.getItem(key); } catch (error) { /* look in the window */ }
    return text || (window.lrcardsPick && window.lrcardsPick[key]) || '';
  }
  var items = Array.prototype.slice.call(list.children);
  items.forEach(function (item, index) { item.setAttribute('data-n', index + 1); });
  if (list.className.indexOf('fixed') < 0) {
    // Same text and same day give the same order on both sides, without storage.
    var seed = 0, text = list.textContent + new Date().toDateString();
    for (var i = 0; i < text.length; i++) seed = (seed * 31 + text.charCodeAt(i)) >>> 0;
    for (var j = items.length - 1; j > 0; j--) {
      seed = (seed * 1664525 + 1013904223) >>> 0;
      var k = seed % (j + 1), one = items[j];
      items[j] = items[k]; items[k] = one;
    }
    items.forEach(function (item) { list.appendChild(item); });
  }
  var picked = back ? load().split(',') : [];
  if (!back) save('');
  function isPicked(item) { return picked.indexOf(item.getAttribute('data-n')) >= 0; }
  function paint() {
    items.forEach(function (item) {
      item.classList.toggle('picked', isPicked(item));
      if (!back) item.setAttribute('aria-checked', isPicked(item) ? 'true' : 'false');
    });
  }
  function pick(item) {
    var n = item.getAttribute('data-n'), at = picked.indexOf(n);
    if (!many) picked = [n];
    else if (at >= 0) picked.splice(at, 1);
    else picked.push(n);
    save(picked.join(','));
    paint();
  }
  paint();
  if (!back) {
    list.setAttribute('role', many ? 'group' : 'radiogroup');
    list.setAttribute('aria-label', 'Options');
    items.forEach(function (item) {
      item.setAttribute('role', many ? 'checkbox' : 'radio');
      item.setAttribute('tabindex', '0');
      item.addEventListener('click', function () { pick(item); });
      item.addEventListener('keydown', function (event) {
        if (event.key === ' ') { event.preventDefault(); event.stopPropagation(); pick(item); }
      });
    });
    return;
  }
  var right = items.filter(function (item) { return item.className.indexOf('right') >= 0; });
  var hits = right.filter(isPicked).length, chosen = items.filter(isPicked).length;
  var verdict = main.querySelector('.verdict');
  if (!chosen) return;
  var all = hits === right.length && chosen === hits;
  verdict.textContent = all ? 'Right.' :
    many ? 'You picked ' + hits + ' of ' + right.length + ' right options and ' + (chosen - hits) + ' wrong.' :
    'Not right.';
  verdict.classList.add(all ? 'good' : 'bad');
})();
