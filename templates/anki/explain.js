var boxes = document.querySelectorAll('.concepts input'), verdict = document.querySelector('.verdict');
function count() {
  var ticked = Array.prototype.filter.call(boxes, function (box) { return box.checked; }).length;
  verdict.textContent = '[[covered]]'.replace('{n}', ticked).replace('{all}', boxes.length);
}
Array.prototype.forEach.call(boxes, function (box) { box.addEventListener('change', count); });
if (boxes.length) count();
