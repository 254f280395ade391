save('');
pickable(Array.prototype.slice.call(main.querySelectorAll('.lefts > li')), items, '[[choose]]', function (picks) {
  save(picks.some(Boolean) ? picks.join(',') : '');
});
