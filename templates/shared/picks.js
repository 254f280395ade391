// Each left gets a list of the rights, under the letters that they have; `told` hears what is picked.
function pickable(lefts, rights, none, told) {
  function letter(n) { return (n > 25 ? letter(Math.floor(n / 26) - 1) : '') + String.fromCharCode(65 + n % 26); }
  var selects = lefts.map(function (left) {
    var select = document.createElement('select');
    select.setAttribute('aria-label', left.textContent.trim());
    select.add(new Option(none, ''));
    rights.forEach(function (right, n) {
      // Such a list shows nothing but text: formulas and pictures are found by their letter.
      var text = right.querySelector('math, img, svg') || /\\[([]/.test(right.textContent) ? '' : '. ' + right.textContent.trim();
      select.add(new Option(letter(n) + text, right.getAttribute('data-right')));
    });
    select.addEventListener('change', function () {
      told(selects.map(function (one) { return one.value; }));
    });
    left.appendChild(select);
    return select;
  });
  return selects;
}
