(function () {
  'use strict';
  document.documentElement.classList.add('js');
  function all(root, query) { return Array.prototype.slice.call(root.querySelectorAll(query)); }
  function clean(text) { return text.trim().replace(/\s+/g, ' ').toLowerCase(); }
  /* include: shared/number.js */
  /* include: shared/moves.js */
  /* include: shared/picks.js */
  function within(element, value) {
    return value >= Number(element.dataset.low) && value <= Number(element.dataset.high);
  }
  function say(place, text, mood, why) {
    place.className = 'verdict ' + (mood || '');
    place.textContent = text;
    if (why) {
      var more = document.createElement('div');
      more.className = 'why';
      more.innerHTML = why;
      place.appendChild(more);
    }
  }
  function noNumber(text) {
    return text.indexOf(',') >= 0 ? 'Write a decimal point, not a comma.' :
      'That is no number yet: write digits, such as 0.5 or 5e-1.';
  }

  function tell(item, option) {
    var right = 'right' in option.dataset;
    var old = option.querySelector('.said');
    if (old) old.remove();
    var said = document.createElement('div');
    var source = item.querySelector('.feedbacks li[data-n="' + option.dataset.n + '"] .feedback');
    said.className = 'said';
    said.innerHTML = '<b>' + (right ? '\u2713' : '\u2717') + '</b> ' + (source ? source.innerHTML : '');
    option.className = 'option ' + (right ? 'good' : 'bad');
    option.appendChild(said);
  }
  function forget(option) {
    option.className = 'option';
    var said = option.querySelector('.said');
    if (said) said.remove();
  }
  function shuffle(set) {
    if (set.classList.contains('fixed')) return;
    var options = all(set, ':scope > :not(legend)');
    for (var i = options.length - 1; i > 0; i--) {
      var j = Math.floor(Math.random() * (i + 1)), one = options[i];
      options[i] = options[j]; options[j] = one;
    }
    options.forEach(function (option) { set.appendChild(option); });
  }
  function choice(item) {
    var set = item.querySelector('.options'), verdict = item.querySelector('.verdict');
    shuffle(set);
    set.addEventListener('change', function (event) {
      all(set, '.option').forEach(forget);
      var option = event.target.closest('.option');
      tell(item, option);
      var right = 'right' in option.dataset;
      say(verdict, right ? 'Right.' : 'Not right: read why, then try another.', right ? 'good' : 'bad');
    });
  }
  function multiple(item) {
    var set = item.querySelector('.options'), verdict = item.querySelector('.verdict');
    shuffle(set);
    set.addEventListener('change', function () { all(set, '.option').forEach(forget); say(verdict, ''); });
    item.querySelector('.check').addEventListener('click', function () {
      var options = all(set, '.option'), hits = 0, wrong = 0;
      var right = options.filter(function (option) { return 'right' in option.dataset; }).length;
      options.forEach(function (option) {
        forget(option);
        if (!option.querySelector('input').checked) return;
        if ('right' in option.dataset) hits += 1; else wrong += 1;
        tell(item, option);
      });
      var done = hits === right && !wrong;
      say(verdict, done ? 'Right: all of them.' :
        'You picked ' + hits + ' of ' + right + ' right options and ' + wrong + ' wrong.', done ? 'good' : 'bad');
    });
  }
  function typed(item) {
    var form = item.querySelector('form'), input = form.querySelector('input');
    var verdict = item.querySelector('.verdict');
    form.addEventListener('submit', function (event) {
      event.preventDefault();
      var text = input.value.trim();
      if (!text) return say(verdict, 'Type an answer first.');
      if ('accepted' in form.dataset) {
        var found = form.dataset.accepted.split('\n').some(function (one) { return clean(one) === clean(text); });
        return say(verdict, found ? 'Right.' : 'Not right.', found ? 'good' : 'bad');
      }
      var value = number(text);
      if (isNaN(value)) return say(verdict, noNumber(text));
      if (within(form, value)) return say(verdict, 'Right.', 'good');
      var known = all(item, '.mistakes li[data-low]').filter(function (one) { return within(one, value); });
      say(verdict, 'Not right.', 'bad', known.length ? known[0].innerHTML : '');
    });
  }
  function explain(item) {
    var boxes = all(item, '.concepts input'), verdict = item.querySelector('.verdict');
    function count() {
      var ticked = boxes.filter(function (box) { return box.checked; }).length;
      say(verdict, 'You covered ' + ticked + ' of ' + boxes.length + ' concepts.');
    }
    boxes.forEach(function (box) { box.addEventListener('change', count); });
    item.querySelector('.concepts').addEventListener('toggle', count);
  }
  // Parts that are right or wrong each for itself: they are marked and counted.
  function graded(item, what, parts, isRight) {
    item.querySelector('.check').addEventListener('click', function () {
      var found = parts(), hits = 0;
      found.forEach(function (part, index) {
        var good = isRight(part, index);
        part.classList.remove('good', 'bad');
        part.classList.add(good ? 'good' : 'bad');
        if (good) hits += 1;
      });
      var done = hits === found.length;
      say(item.querySelector('.verdict'), done ? 'Right: all ' + what + '.' :
        hits + ' of ' + found.length + ' ' + what + ' are right.', done ? 'good' : 'bad');
    });
  }
  function cloze(item) {
    var keys = all(item, '.gaps .key');
    var inputs = all(item, 'span.gap').map(function (gap, index) {
      var input = document.createElement('input');
      input.type = 'text';
      input.className = 'gap';
      input.autocomplete = 'off';
      input.setAttribute('aria-label', 'Gap ' + (index + 1));
      gap.replaceWith(input);
      return input;
    });
    graded(item, 'gaps', function () { return inputs; }, function (input, index) {
      var key = keys[index], text = input.value;
      return 'low' in key.dataset ? within(key, number(text)) : clean(key.textContent) === clean(text);
    });
  }
  function order(item) {
    var list = item.querySelector('.steps'), verdict = item.querySelector('.verdict');
    shuffle(list);
    movable(list, 'Move up', 'Move down', function (place) {
      var steps = all(list, '.option');
      steps.forEach(forget);
      say(verdict, 'Now ' + place + ' of ' + steps.length + '.');
    });
    graded(item, 'steps', function () { return all(list, '.option'); }, function (step, index) {
      return Number(step.dataset.place) === index + 1;
    });
  }
  function match(item) {
    var lefts = all(item, '.lefts > li'), offers = item.querySelector('.rights');
    shuffle(offers);
    var selects = pickable(lefts, all(offers, 'li'), 'Choose', function () {
      lefts.forEach(forget);
      say(item.querySelector('.verdict'), '');
    });
    graded(item, 'pairs', function () { return lefts; }, function (left, index) {
      return selects[index].value === left.dataset.right;
    });
  }
  function recall(item) {
    var reveal = item.querySelector('.reveal'), row = document.createElement('div');
    row.className = 'knew';
    row.setAttribute('role', 'group');
    row.setAttribute('aria-label', 'Did you know it?');
    ['Knew it', 'Not yet'].forEach(function (text) {
      var button = document.createElement('button');
      button.type = 'button';
      button.textContent = text;
      button.setAttribute('aria-pressed', 'false');
      button.addEventListener('click', function () {
        all(row, 'button').forEach(function (one) { one.setAttribute('aria-pressed', String(one === button)); });
      });
      row.appendChild(button);
    });
    reveal.appendChild(row);
  }
  function hints(item) {
    var found = all(item, '.hint');
    found.forEach(function (hint, index) {
      hint.hidden = index > 0;
      hint.addEventListener('toggle', function () {
        if (hint.open && found[index + 1]) found[index + 1].hidden = false;
      });
    });
  }
  function variants(box) {
    var found = all(box, '.item'), shown = 0, row = document.createElement('p');
    var button = document.createElement('button'), said = document.createElement('span');
    function show(number) {
      shown = number % found.length;
      found.forEach(function (one, index) { one.hidden = index !== shown; });
      said.textContent = (shown + 1) + ' of ' + found.length;
    }
    // All stand side by side, one is seen; without scripts the others are read below the first.
    found.forEach(function (one) { box.appendChild(one); });
    box.querySelector('.others').remove();
    row.className = 'other';
    button.type = 'button';
    button.textContent = 'Other numbers';
    said.setAttribute('role', 'status');
    button.addEventListener('click', function () { show(shown + 1); });
    row.appendChild(button);
    row.appendChild(said);
    box.appendChild(row);
    // A link may lead to one variant.
    show(Math.max(0, found.map(function (one) { return '#' + one.id; }).indexOf(location.hash)));
  }

  var kinds = {
    recall: recall, choice: choice, multiple: multiple, numeric: typed, short: typed,
    explain: explain, cloze: cloze, order: order, match: match
  };
  all(document, '.item').forEach(function (item) {
    kinds[item.dataset.kind](item);
    hints(item);
  });
  all(document, '.variants').forEach(variants);
  window.addEventListener('beforeprint', function () {
    all(document, 'details:not(.source)').forEach(function (one) { one.open = true; });
  });
})();
