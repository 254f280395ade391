// The right place of each step of a list, in the order in which they stand now.
function places(list) {
  return Array.prototype.map.call(list.children, function (step) { return Number(step.getAttribute('data-place')); });
}
// Two buttons move each step, and so do the arrow keys on these; `told` hears of each move.
function movable(list, up, down, told) {
  // Not in the right order by chance: to have moved nothing is no answer.
  if (places(list).every(function (place, n) { return place === n + 1; })) list.appendChild(list.children[0]);
  function move(step, by) {
    var other = by < 0 ? step.previousElementSibling : step.nextElementSibling;
    if (!other) return;
    // The other one goes round it: what has the focus stays where it is.
    list.insertBefore(other, by < 0 ? step.nextElementSibling : step);
    told(Array.prototype.indexOf.call(list.children, step) + 1);
  }
  Array.prototype.forEach.call(list.children, function (step) {
    var text = step.textContent.trim();
    [[up, -1, '\u2191'], [down, 1, '\u2193']].forEach(function (way) {
      var button = document.createElement('button');
      button.type = 'button';
      button.className = 'move';
      button.textContent = way[2];
      button.setAttribute('aria-label', way[0] + ': ' + text);
      button.setAttribute('aria-keyshortcuts', 'ArrowUp ArrowDown');
      button.addEventListener('click', function () { move(step, way[1]); });
      button.addEventListener('keydown', function (event) {
        var by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
        if (!by || event.ctrlKey || event.altKey || event.metaKey) return;
        move(step, by);
        event.preventDefault();
        event.stopPropagation();
      });
      step.appendChild(button);
    });
  });
}
