// Anki shows what was typed letter by letter against the answer; read it there, so that nothing
// has to be kept from the front. The upper row is what was typed, with dashes for missing letters.
function compared() {
  var shown = document.getElementById('typeans'), text = '';
  if (!shown || !shown.querySelector('.typeGood, .typeBad')) return '';
  for (var node = shown.firstChild; node && node.nodeName !== 'BR'; node = node.nextSibling) {
    if (!node.classList || !node.classList.contains('typeMissed')) text += node.textContent;
  }
  return text;
}
function typed() { return (compared() || load()).trim(); }
// The comparison of letters is wrong about numbers and capitals: the verdict stands in its place.
function verdict(text, mood) {
  var shown = document.getElementById('typeans');
  if (shown) shown.hidden = true;
  say(text, mood);
}
function wrong(text, reason) {
  verdict((reason || '[[not_right]]') + ' ' + '[[you_typed]]'.replace('{typed}', function () { return text; }), 'bad');
}
