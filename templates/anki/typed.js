(function () {
  var main = document.querySelector('main');
  if (!main) return;
  var key = 'lrcards-' + main.getAttribute('data-key');
  if (main.className === 'front') {
    var input = document.getElementById('typeans');
    function save(text) {
      window.lrcardsTyped = window.lrcardsTyped || {};
      window.lrcardsTyped[key] = text;
      try { sessionStorage.setItem(key, text); } catch (error) { /* kept in the window then */ }
    }
    save('');
    if (input) input.addEventListener('input', function () { save(input.value); });
    return;
  }
  function load() {
    var text = null;
    try { text = sessionStorage.getItem(key); } catch (error) { /* look in the window */ }
    return text || (window.lrcardsTyped && window.lrcardsTyped[key]) || '';
  }
  // .05, 5e-2, 0.050, 5*10^-2 and 5x10^-2 are all the same number.
  function number(text) {
    var plain = text.replace(/\s/g, '').replace(/\u2212/g, '-')
      .replace(/[*x\u00d7\u00b7]10\^?\(?([-+]?\d+)\)?$/i, 'e$1');
    return /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(plain) ? Number(plain) : NaN;
  }
  function within(low, high, value) { return value >= Number(low) && value <= Number(high); }
  function say(text, good) {
    var verdict = main.querySelector('.verdict');
    verdict.textContent = text;
    verdict.classList.add(good ? 'good' : 'bad');
  }
  var typed = load().trim();
  if (!typed) return;
  var accepted = main.querySelectorAll('.accepted li');
  if (accepted.length) {
    var clean = function (text) { return text.trim().replace(/\s+/g, ' ').toLowerCase(); };
    var found = Array.prototype.some.call(accepted, function (item) {
      return clean(item.textContent) === clean(typed);
    });
    say(found ? 'Right.' : 'Not right.', found);
    return;
  }
  var value = number(typed);
  if (isNaN(value)) {
    say(typed.indexOf(',') >= 0 ? 'Write a decimal point, not a comma.' : 'That is no number.', false);
    return;
  }
  if (within(main.getAttribute('data-low'), main.getAttribute('data-high'), value)) {
    say('Right: within the tolerance.', true);
    return;
  }
  say('Not right.', false);
  Array.prototype.forEach.call(main.querySelectorAll('.wrong li'), function (item) {
    var parts = item.getAttribute('data-bounds').split(' ');
    if (within(parts[0], parts[1], value)) item.classList.add('met');
  });
})();
