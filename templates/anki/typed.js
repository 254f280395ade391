// Anki shows what was typed letter by letter against the answer; read it there, so that nothing
// has to be kept from the front. What was typed stands in front of the line break.
function compared() {
  var shown = document.getElementById('typeans'), text = '';
  var parts = shown ? shown.querySelectorAll('.typeGood, .typeBad, br') : [];
  for (var i = 0; i < parts.length && parts[i].nodeName !== 'BR'; i++) text += parts[i].textContent;
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
