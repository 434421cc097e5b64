// Finding events. A term is words that an event must have, all of them: a node ("n2"), a kind, a
// fate, or anything of its text; "in quotes" is one word. Two terms can be joined by order:
//
//     A preceded by B         events like A that have one like B in their past
//     A not preceded by B     ... that have none
//     A followed by B         events like A that have one like B in their future
//
// All of it is one pass over the text and one over the causes.

const joiner = /^(.*?)\s+(not\s+)?(preceded\s+by|followed\s+by|after|before)\s+(.*)$/i;

function wordsOf(term) {
  return (term.toLowerCase().match(/"[^"]*"?|\S+/g) ?? [])
    .map((word) => word.replace(/"/g, '')).filter((word) => word !== '');
}

function parseQuery(text) {
  const joined = joiner.exec(text.trim());
  if (!joined) return { first: wordsOf(text), order: null };
  const order = /^(preceded|after)/i.test(joined[3]) ? 'preceded' : 'followed';
  const [, first, not, , other] = joined;
  return { first: wordsOf(first), order, not: not !== undefined, other: wordsOf(other) };
}

function searchableOf(run) {
  if (run.searchable) return run.searchable;
  run.searchable = Array.from({ length: run.count }, (_, i) => {
    const message = run.messageOf[i];
    const fate = message < 0 ? '' :
      `${fateNames[run.messages.fate[message]]} from ${run.nodes[run.messages.from[message]]}`;
    return `${run.kindName(i)} ${fate} ${run.textOf(i)}`.toLowerCase();
  });
  return run.searchable;
}

function matches(run, words) {
  const found = new Uint8Array(run.count);
  if (words.length === 0) return found;
  const text = searchableOf(run);
  const names = run.nodes.map((name) => name.toLowerCase());
  const nodes = words.map((word) => names.indexOf(word));
  for (let i = 0; i < run.count; ++i) {
    found[i] = words.every((word, w) =>
      nodes[w] === run.node[i] || (nodes[w] < 0 && text[i].includes(word))) ? 1 : 0;
  }
  return found;
}

// The events found, rising; and the sentence that says so.
function ask(run, text) {
  const query = parseQuery(text);
  const first = matches(run, query.first);
  let found = first;
  let all = null;
  if (query.order) {
    const other = matches(run, query.other);
    const related = query.order === 'preceded' ? precededBy(run, other) : followedBy(run, other);
    found = first.map((is, i) => (is && (related[i] === 1) !== query.not ? 1 : 0));
    all = first.reduce((sum, one) => sum + one, 0);
  }
  const events = [];
  for (let i = 0; i < run.count; ++i) if (found[i]) events.push(i);
  const words = all === null ? manyText(events.length, 'event')
    : `${countText(events.length)} of ${countText(all)} ${query.not ? 'not ' : ''}${query.order}`;
  return { events, marks: found, words };
}
