// Run: one recording, as columns that can be drawn and walked. Events stand in the order in which
// they happened, so a cause always has a smaller index than its effect.

const fates = {
  delivered: { word: 'delivered', dash: [], width: 1, alpha: 0.55 },
  late: { word: 'late', dash: [9, 3], width: 1.3, alpha: 0.9 },
  duplicate: { word: 'duplicate', dash: [2, 3], width: 1.3, alpha: 0.9 },
  dropped: { word: 'dropped', dash: [], width: 1.2, alpha: 0.95 },
  cut: { word: 'cut', dash: [5, 2], width: 1.2, alpha: 0.95 },
  unheard: { word: 'unheard', dash: [1, 4], width: 1.2, alpha: 0.9 },
};
const fateNames = Object.keys(fates);
const fateMeaning = {
  delivered: 'arrived, and was the first copy to do so',
  late: 'arrived after a message that was sent later on the same link',
  duplicate: 'another copy of a message',
  dropped: 'lost on the way; the line ends with a cross',
  cut: 'stopped by a partition; the line ends with a bar',
  unheard: 'came to a node that was down, or the run ended first; the line ends with a ring',
};

const kindOf = (name) => ({
  write: 'write', transact: 'write', transaction: 'write',
  deliver: 'deliver', receive: 'deliver',
}[name] ?? name);

const block = 128;  // messages in one box of the index

class Run {
  // `columns` holds what recording.js read; see there.
  constructor(columns) {
    Object.assign(this, columns);
    this.count = this.at.length;
    this.#chain();
    this.#indexMessages();
    this.#collectStates();
    this.searchable = null;
  }

  // Each event's neighbour on its node, and all events of a node.
  #chain() {
    this.before = new Int32Array(this.count).fill(-1);
    this.after = new Int32Array(this.count).fill(-1);
    const sizes = new Uint32Array(this.nodes.length);
    for (const node of this.node) ++sizes[node];
    this.eventsOf = Array.from(sizes, (size) => new Int32Array(size));
    sizes.fill(0);
    for (let i = 0; i < this.count; ++i) {
      const of = this.node[i];
      const mine = this.eventsOf[of];
      if (sizes[of] > 0) {
        this.before[i] = mine[sizes[of] - 1];
        this.after[this.before[i]] = i;
      }
      mine[sizes[of]++] = i;
    }
  }

  // Messages stand in the order of sending; each block knows when its last one ends.
  #indexMessages() {
    const m = this.messages;
    m.count = m.sent.length;
    m.blockEnd = new Float64Array(Math.ceil(m.count / block));
    this.cause = new Int32Array(this.count).fill(-1);
    this.messageOf = new Int32Array(this.count).fill(-1);
    this.fateCounts = new Float64Array(fateNames.length);
    for (let i = 0; i < m.count; ++i) {
      const at = Math.floor(i / block);
      m.blockEnd[at] = Math.max(m.blockEnd[at], m.end[i]);
      ++this.fateCounts[m.fate[i]];
      if (m.arrival[i] >= 0) {
        this.cause[m.arrival[i]] = m.event[i];
        this.messageOf[m.arrival[i]] = i;
      }
    }
    m.sends = new Int32Array(this.count + 1);  // by event: where its messages begin
    for (let i = 0; i < m.count; ++i) ++m.sends[m.event[i] + 1];
    for (let i = 0; i < this.count; ++i) m.sends[i + 1] += m.sends[i];
    m.byEvent = new Int32Array(m.count);
    const next = m.sends.slice();
    for (let i = 0; i < m.count; ++i) m.byEvent[next[m.event[i]]++] = i;
  }

  sentBy(event) {
    return this.messages.byEvent.subarray(this.messages.sends[event],
      this.messages.sends[event + 1]);
  }

  // Calls visit(i) for every message that is under way somewhere in [from, to].
  eachMessage(from, to, visit) {
    const m = this.messages;
    const last = lastAtMost(m.sent, to);
    for (let b = 0; b * block <= last; ++b) {
      if (m.blockEnd[b] < from) continue;
      const end = Math.min(last + 1, (b + 1) * block);
      for (let i = b * block; i < end; ++i) if (m.end[i] >= from) visit(i);
    }
  }

  // What each lane's colour says: the state of the node, or of one key. -1: the node is down.
  #collectStates() {
    this.agreement = agreementOf(this.states, this.end);
    this.keyStates = new Map();
  }

  statesFor(key) {
    if (key === null) {
      return { states: this.states, agreement: this.agreement, stateCount: this.stateNames.length };
    }
    let known = this.keyStates.get(key);
    if (!known) {
      const numbers = new Map();
      const number = (value) => {
        if (!numbers.has(value)) numbers.set(value, numbers.size);
        return numbers.get(value);
      };
      const states = this.nodes.map((_, node) => this.#keyTrack(key, node, number));
      known = { states, agreement: agreementOf(states, this.end), stateCount: numbers.size };
      this.keyStates.set(key, known);
    }
    return known;
  }

  #keyTrack(key, node, number) {
    const marks = [];
    const history = this.keys.get(key)?.[node];
    marks.push([0, number('')]);
    if (history) history.at.forEach((at, i) => marks.push([at, number(history.value[i])]));
    for (const gap of this.gaps[node]) {
      if (gap.kind !== 'down') continue;
      marks.push([gap.from, -1]);
      marks.push([gap.to, number(this.valueAt(key, node, gap.to) ?? '')]);
    }
    const order = marks.map((_, i) => i).sort((a, b) => marks[a][0] - marks[b][0] || a - b);
    const at = [];
    const id = [];
    for (const i of order) {
      const down = this.gaps[node].some((gap) => gap.kind === 'down' && gap.from <= marks[i][0] &&
        marks[i][0] < gap.to);
      at.push(marks[i][0]);
      id.push(down ? -1 : marks[i][1]);
    }
    return { at: Float64Array.from(at), id: Int32Array.from(id) };
  }

  stateAt(states, node, time) {
    const i = lastAtMost(states[node].at, time);
    return i < 0 ? -1 : states[node].id[i];
  }

  // Who holds what at a moment, and in which colour.
  heldAt(key, time) {
    const { states, agreement } = this.statesFor(key);
    const different = agreement.different[Math.max(0, lastAtMost(agreement.at, time))];
    const leaders = new Map();
    const ids = states.map((_, node) => this.stateAt(states, node, time));
    ids.forEach((id, node) => { if (!leaders.has(id)) leaders.set(id, node); });
    return { ids, different,
      color: (node) => (ids[node] < 0 ? theme.line
        : stateColor(ids[node], leaders.get(ids[node]), different)) };
  }

  valueAt(key, node, time) {
    const history = this.keys.get(key)?.[node];
    if (!history) return null;
    const i = lastAtMost(history.at, time);
    return i < 0 ? null : history.value[i];
  }

  gapAt(node, time) {
    return this.gaps[node].find((gap) => gap.from <= time && time < gap.to) ?? null;
  }

  skewAt(node, time) {
    const track = this.skews[node];
    if (!track || track.at.length === 0) return null;
    const i = lastAtMost(track.at, time);
    if (i < 0) return track.by[0];
    return track.by[i] + (track.rate[i] ?? 0) * (time - track.at[i]);
  }

  // The event nearest in time on a node; -1: it has none.
  nearest(node, time) {
    const mine = this.eventsOf[node];
    let low = 0;
    let high = mine.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.at[mine[middle]] <= time) low = middle + 1; else high = middle;
    }
    const left = low > 0 ? mine[low - 1] : -1;
    const right = low < mine.length ? mine[low] : -1;
    if (left < 0 || right < 0) return left < 0 ? right : left;
    return time - this.at[left] <= this.at[right] - time ? left : right;
  }

  kindName(event) { return this.kinds[this.kind[event]]; }

  title(event) {
    return `${this.nodes[this.node[event]]} ${this.kindName(event)}`;
  }
}

// How many different states the nodes that are up have, as it changes over time.
function agreementOf(states, end) {
  const marks = [];
  states.forEach((track, node) => {
    for (let i = 0; i < track.at.length; ++i) marks.push([track.at[i], node, track.id[i]]);
  });
  marks.sort((a, b) => a[0] - b[0]);
  const now = new Int32Array(states.length).fill(-1);
  const holders = new Map();
  const at = [0];
  const different = [1];
  for (let i = 0; i < marks.length; ++i) {
    const [time, node, id] = marks[i];
    if (now[node] >= 0) {
      const left = holders.get(now[node]) - 1;
      if (left === 0) holders.delete(now[node]); else holders.set(now[node], left);
    }
    now[node] = id;
    if (id >= 0) holders.set(id, (holders.get(id) ?? 0) + 1);
    if (i + 1 < marks.length && marks[i + 1][0] === time) continue;
    if (different[different.length - 1] === holders.size) continue;
    at.push(time);
    different.push(holders.size);
  }
  return { at: Float64Array.from(at), different: Uint32Array.from(different), end };
}
