var input = document.getElementById('typeans');
save('');
if (input) {
  input.setAttribute('autocomplete', 'off');
  input.setAttribute('autocapitalize', 'off');
  input.setAttribute('spellcheck', 'false');
  input.addEventListener('input', function () { save(input.value); });
}
