function within(low, high, value) { return value >= Number(low) && value <= Number(high); }
function known(value) {
  var found = Array.prototype.filter.call(main.querySelectorAll('.wrong li'), function (item) {
    return within(item.getAttribute('data-low'), item.getAttribute('data-high'), value);
  });
  if (found.length) found[0].classList.add('met');
}
var text = typed(), value = number(text);
if (!text) return;
if (isNaN(value)) return wrong(text, text.indexOf(',') >= 0 ? '[[comma]]' : '[[no_number]]');
if (value === number(main.querySelector('.key').textContent)) return verdict('[[right]]', 'good');
if (within(main.getAttribute('data-low'), main.getAttribute('data-high'), value)) {
  return verdict('[[right_within]]' + ' ' + '[[you_typed]]'.replace('{typed}', function () { return text; }), 'good');
}
wrong(text);
known(value);
