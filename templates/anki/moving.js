save('');
movable(list, '[[move_up]]', '[[move_down]]', function (n) {
  save(places(list).join(','));
  main.querySelector('.verdict').textContent = '[[at_place]]'.replace('{n}', n).replace('{all}', items.length);
});
