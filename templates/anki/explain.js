(function () {
  var boxes = document.querySelectorAll('.concepts input'), verdict = document.querySelector('.verdict');
  function count() {
    var ticked = 0;
    Array.prototype.forEach.call(boxes, function (box) { if (box.checked) ticked += 1; });
    verdict.textContent = 'You covered ' + ticked + ' of ' + boxes.length + ' concepts.';
  }
  Array.prototype.forEach.call(boxes, function (box) { box.addEventListener('change', count); });
  if (boxes.length) count();
})();
