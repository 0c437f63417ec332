/* All of it. */
{
  const data = JSON.parse(byId("data").textContent);
  const player = makePlayer(data);
  const captions = makeCaptions(data, player);
  makeTranscript(data, player);
  makeNumbers(data, player);
  makeScrubbers(data);
  makeKeys(player, captions);
  const asked = /^#t=([\d.]+)$/.exec(location.hash);
  if (asked) player.go(Number(asked[1]));
  else player.tell();
}
