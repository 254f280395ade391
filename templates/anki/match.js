var cells = main.querySelectorAll('.pairs [data-right]'), texts = {};
Array.prototype.forEach.call(cells, function (cell) { texts[cell.getAttribute('data-right')] = cell.innerHTML; });
Array.prototype.forEach.call(cells, function (cell, n) {
  var pick = given[n], right = pick === cell.getAttribute('data-right'), said = document.createElement('div');
  if (right) hits++;
  said.className = 'said ' + (right ? 'good' : 'bad');
  said.innerHTML = pick && !right ? ' <span>' + texts[pick] + '</span>' : '';
  said.insertBefore(document.createTextNode(right ? '[[your_pick]]' : pick ? '[[you_picked]]' : '[[no_pick]]'), said.firstChild);
  cell.appendChild(said);
});
count(cells.length, '[[pairs_right]]');
