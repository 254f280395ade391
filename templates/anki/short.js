function clean(text) { return text.trim().replace(/\s+/g, ' ').toLowerCase(); }
var text = typed();
if (!text) return;
var right = Array.prototype.some.call(main.querySelectorAll('.key, .also li'), function (item) {
  return clean(item.textContent) === clean(text);
});
if (right) verdict('[[right]]', 'good'); else wrong(text);
