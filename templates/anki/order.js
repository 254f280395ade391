var steps = main.querySelectorAll('.steps > li');
Array.prototype.forEach.call(steps, function (step, n) {
  var place = given.indexOf(String(n + 1)), right = place === n, mark = document.createElement('span');
  step.classList.add('picked', right ? 'right' : 'other');
  if (right) return hits++;
  mark.className = 'pick';
  mark.textContent = '[[your_place]]'.replace('{n}', place + 1);
  step.firstChild.appendChild(document.createTextNode(' '));
  step.firstChild.appendChild(mark);
});
count(steps.length, '[[steps_right]]');
