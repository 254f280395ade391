// What was picked or typed on the front, for the back. Some clients load a new page for the back,
// some have no storage: then the back shows the answer without a verdict.
var main = document.querySelector('main');
var key = 'lrcards-' + main.getAttribute('data-key');
function save(text) {
  window.lrcards = window.lrcards || {};
  window.lrcards[key] = text;
  try { sessionStorage.setItem(key, text); } catch (error) { /* the window has it */ }
}
function load() {
  var text = null;
  try { text = sessionStorage.getItem(key); } catch (error) { /* the window may have it */ }
  return text || (window.lrcards && window.lrcards[key]) || '';
}
function say(text, mood) {
  var verdict = main.querySelector('.verdict');
  verdict.textContent = text;
  verdict.classList.add(mood);
}
