var picked = back ? load().split(',') : [];
// Lists may not hold buttons of every kind; the text of an option may be any.
function button(item) { return item.querySelector('.text'); }
function isPicked(item) { return picked.indexOf(item.getAttribute('data-n')) >= 0; }

function paint() {
  var first = items.filter(isPicked)[0] || items[0];
  items.forEach(function (item) {
    item.classList.toggle('picked', isPicked(item));
    button(item).setAttribute('aria-checked', String(isPicked(item)));
    // One stop for the tab key in a group of which one is picked; else each is a stop.
    button(item).tabIndex = many || item === first ? 0 : -1;
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
var moves = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 };
function press(event) {
  var at = items.indexOf(event.currentTarget.parentNode), step = moves[event.key];
  if (event.ctrlKey || event.altKey || event.metaKey) return;
  if (step) {
    var next = items[(at + step + items.length) % items.length];
    button(next).focus();
    if (!many) pick(next);
  } else if (event.key === ' ' || event.key === 'x') {
    // Anki on a computer keeps the space bar for turning the card; x does the same.
    pick(items[at]);
  } else return;
  event.preventDefault();
  event.stopPropagation();
}
function ask() {
  save('');
  list.setAttribute('role', many ? 'group' : 'radiogroup');
  list.setAttribute('aria-label', main.querySelector('.prompt').textContent);
  items.forEach(function (item) {
    item.setAttribute('role', 'none');
    item.addEventListener('click', function () { pick(item); });
    button(item).setAttribute('role', many ? 'checkbox' : 'radio');
    button(item).setAttribute('aria-keyshortcuts', 'x');
    button(item).addEventListener('keydown', press);
  });
  paint();
}
function judge() {
  var right = items.filter(function (item) { return item.classList.contains('right'); });
  var chosen = items.filter(isPicked), hits = right.filter(isPicked).length;
  var misses = chosen.length - hits, wrong = items.length - right.length;
  if (!chosen.length) return;
  chosen.forEach(function (item) {
    var mark = document.createElement('span');
    mark.className = 'pick';
    mark.textContent = '[[your_pick]]';
    item.classList.add('picked');
    button(item).appendChild(document.createTextNode(' '));
    button(item).appendChild(mark);
  });
  if (hits === right.length && !misses) return say(many ? '[[all_right]]' : '[[right]]', 'good');
  if (!many) return say('[[not_right]]', 'bad');
  var mark = Math.max(0, hits / right.length - (wrong ? misses / wrong : 0));
  say('[[partly_right]]'.replace('{hits}', hits).replace('{right}', right.length)
    .replace('{misses}', misses).replace('{wrong}', wrong)
    .replace('{mark}', Math.round(100 * mark)), mark ? 'part' : 'bad');
}
if (back) judge(); else ask();
