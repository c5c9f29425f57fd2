// The ties and places of a filter, as the map reads them.

async function json(address) {
  const answer = await fetch(address, { headers: { Accept: "application/json" } });
  if (!answer.ok) {
    throw new Error(`${address}: ${answer.status}`);
  }
  return answer.json();
}

/** Rows out of columns: the answer names each column once, however many rows there are. */
function rows(columns) {
  const names = Object.keys(columns);
  return columns[names[0]].map((_, row) => Object.fromEntries(names.map((name) => [name, columns[name][row]])));
}

/** Tie the rows to each other: a place knows its ties, a tie both of its places and its type. */
export function connect({ types, levels, places: placeColumns, ties: tieColumns }) {
  const places = rows(placeColumns).map((place, index) => ({
    ...place, index, level: levels[place.level], at: [place.lon, place.lat], ties: [],
  }));
  const ties = rows(tieColumns).map((tie) => {
    const [code, label] = types[tie.type];
    const whole = { ...tie, home: places[tie.home], partner: places[tie.partner], code, label };
    whole.home.ties.push(whole);
    whole.partner.ties.push(whole);
    return whole;
  });
  return { codes: types.map(([code]) => code), places, ties };
}

export async function loadTies(address) {
  return connect(await json(address));
}

/** The land as TopoJSON, with an object named ``land``. */
export function loadLand(address) {
  return json(address);
}

export function partnersOf(place) {
  return place.ties.map((tie) => partnerOf(tie, place));
}

/** The other side of a place's tie. */
export function partnerOf(tie, place) {
  return tie.home === place ? tie.partner : tie.home;
}
