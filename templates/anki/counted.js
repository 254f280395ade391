// What the learner did, on the front, about each of the parts that are right or wrong for themselves.
var given = load() && load().split(','), hits = 0;
if (!given) return;
function count(all, text) {
  if (hits === all) return say('[[all_right]]', 'good');
  say(text.replace('{hits}', hits).replace('{all}', all), hits ? 'part' : 'bad');
}
