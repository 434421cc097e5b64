// The page: what is looked at, and what keys, pointer and buttons do to it.

class View {
  constructor(end) {
    this.end = end;
    this.least = 2000;  // ns; nothing is to be seen below
    this.fit();
  }

  fit() { this.set(-this.end * 0.005, this.end * 1.005); }

  set(from, to) {
    const span = Math.min(Math.max(to - from, this.least), this.end * 1.01);
    const middle = (from + to) / 2;
    this.from = Math.min(Math.max(middle - span / 2, -this.end * 0.005),
      this.end * 1.005 - span);
    this.to = this.from + span;
  }

  zoom(factor, about) {
    this.set(about + (this.from - about) * factor, about + (this.to - about) * factor);
  }

  pan(by) { this.set(this.from + by, this.to + by); }

  // Moves the window as little as need be.
  show(time) {
    const span = this.to - this.from;
    if (time >= this.from + span * 0.04 && time <= this.to - span * 0.04) return;
    this.set(time - span / 2, time + span / 2);
  }
}

class App {
  constructor(runs) {
    this.runs = runs;
    this.view = new View(Math.max(...runs.map((run) => run.end)));
    this.look = { cursor: 0, selection: null, cone: null, marks: null, fault: null, key: null,
      fates: new Set(fateNames), scroll: 0 };
    this.lanes = runs.map((run) => new Lanes(run, this.view));
    this.overview = new Overview(runs, this.view);
    this.difference = runs.length > 1 ? firstDifference(runs) : null;
    this.valueFilter = '';
    this.onlyDifferent = false;
    this.tab = runs.length > 1 ? 'compare' : 'moment';
    this.found = null;
    this.frames = { count: 0, last: 0, most: 0 };
    if (this.difference) {
      for (const run of runs) {
        run.marks.push({ at: this.difference.at, text: 'first difference', bad: true, row: 1 });
      }
    }
  }

  start() {
    readTheme();
    this.#words();
    this.#fates();
    this.#colours();
    this.#tabs();
    this.#pointer();
    this.#controls();
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
      readTheme();
      this.#fates();
      this.overview.keptFor = '';
      this.showPanel();
      this.redraw();
    });
    const sizes = new ResizeObserver(() => this.redraw());
    for (const id of ['stage', 'lanes', 'overview']) sizes.observe(byId(id));
    this.look.cursor = this.#firstMoment();
    this.showPanel();
    this.draw();
    this.#asked();
  }

  // page.html#event=812, #at=4.2 (seconds), #from=1&to=3, #find=..., #tab=traffic, #key=...
  #asked() {
    const asked = new URLSearchParams(location.hash.slice(1));
    const run = this.runs[0];
    if (asked.has('from') && asked.has('to')) {
      this.view.set(Number(asked.get('from')) * second, Number(asked.get('to')) * second);
    }
    if (asked.has('key') && run.keys.has(asked.get('key'))) this.colourBy(asked.get('key'));
    if (asked.has('at')) this.moveCursor(Number(asked.get('at')) * second);
    const event = Number(asked.get('event') ?? -1);
    if (event >= 0 && event < run.count) this.choose({ run, event, message: -1 }, true);
    if (asked.has('find')) {
      byId('query').value = asked.get('find');
      this.find(1);
    }
    if (asked.has('tab') && byId(`tab-${asked.get('tab')}`)) this.showTab(asked.get('tab'));
    this.redraw();
  }

  // Where to look first: at what is wrong, or in the middle of what was hardest.
  #firstMoment() {
    const run = this.runs[0];
    if (this.difference) return this.difference.at;
    const bad = run.marks.find((mark) => mark.bad);
    if (bad) return bad.at;
    const longest = longestDisagreement(run);
    return longest ? longest.from + (longest.to - longest.from) * 0.6 : run.end / 2;
  }

  // ---- words on top

  #words() {
    const [run] = this.runs;
    const verdict = byId('verdict');
    verdict.textContent = { violation: '✕ violation', vacuous: '○ vacuous', ok: '✓ ok' }[
      run.outcome.verdict] ?? run.outcome.verdict;
    verdict.className = run.outcome.verdict;
    byId('headline').textContent = this.runs.length === 1 ? headlineOf(run)
      : !this.difference ? 'The two runs are the same, event for event'
        : this.difference.index === 0 ? 'The two runs differ from the first event on'
          : `The two runs are equal for ${manyText(this.difference.index, 'event')}; `
            + `at ${momentText(this.difference.at, 1e6)} they part`;
    document.body.classList.toggle('two', this.runs.length > 1);
    const story = this.runs.length === 1 ? storyOf(run)
      : this.runs.flatMap((one) => [`${one.label}, ${one.outcome.verdict}: ${headlineOf(one)}. `]);
    byId('story').replaceChildren(...story.map((part) => (typeof part === 'string' ? part
      : el('button', {
        type: 'button',
        on: { click: () => (part.fault ? this.showFault(run, part.fault)
          : this.showSpan(part.from, part.to)) },
      }, part.text))));
    const { outcome } = run;
    byId('facts').replaceChildren(...[
      ['scenario', run.scenario], ['seed', String(outcome.seed)],
      ['trace', String(outcome.trace_hash)],
      ['events', `${countText(run.count)} in ${durationText(run.end)}`],
    ].flatMap(([name, value]) => [el('dt', {}, name), el('dd', { title: value }, value)]));
    document.title = `${run.outcome.verdict}: ${run.scenario} seed ${outcome.seed}`;
  }

  #fates() {
    const totals = fateNames.map((_, i) =>
      this.runs.reduce((sum, run) => sum + run.fateCounts[i], 0));
    byId('fates').replaceChildren(...fateNames.map((name, i) => {
      const sample = el('canvas', { 'aria-hidden': 'true' });
      const button = el('button', {
        type: 'button', className: 'fate', 'aria-pressed': String(this.look.fates.has(name)),
        title: fateMeaning[name], data: { fate: name },
        on: { click: () => this.toggleFate(name) },
      }, sample, fates[name].word, el('b', {}, countText(totals[i])));
      requestAnimationFrame(() => this.#sample(sample, name));
      return button;
    }));
  }

  #sample(canvas, name) {
    const { context: pen, width, height } = prepared(canvas);
    const end = ['dropped', 'cut', 'unheard'].includes(name);
    pen.strokeStyle = theme[name];
    pen.lineWidth = 1.8;
    pen.setLineDash(fates[name].dash);
    pen.beginPath();
    pen.moveTo(1, 2);
    pen.lineTo(end ? width - 7 : width - 1, end ? height - 5 : height - 2);
    pen.stroke();
    pen.setLineDash([]);
    if (end) lineEnd(pen, name, width - 5, height - 4);
  }

  toggleFate(name) {
    if (!this.look.fates.delete(name)) this.look.fates.add(name);
    document.querySelector(`[data-fate="${name}"]`)
      .setAttribute('aria-pressed', String(this.look.fates.has(name)));
    this.redraw();
  }

  #colours() {
    const select = byId('colours');
    const keys = [...new Set(this.runs.flatMap((run) => [...run.keys.keys()]))];
    select.replaceChildren(el('option', { value: '' }, 'the whole state'),
      ...keys.slice(0, 400).map((key) => el('option', { value: key }, clipped(key, 40))));
    select.addEventListener('change', () => this.colourBy(select.value || null));
  }

  colourBy(key) {
    this.look.key = key;
    byId('colours').value = key ?? '';
    this.showPanel();
    this.redraw();
  }

  // ---- panels

  #tabs() {
    const names = [['moment', 'Moment'], ['faults', 'Faults'], ['traffic', 'Traffic'],
      ['freshness', 'Freshness'], ['size', 'Size']];
    if (this.runs.length > 1) names.unshift(['compare', 'Two runs']);
    byId('tabs').replaceChildren(...names.map(([name, word]) => el('button', {
      type: 'button', role: 'tab', id: `tab-${name}`, 'aria-selected': 'false',
      on: { click: () => this.showTab(name) },
    }, word)));
  }

  showTab(name) {
    this.tab = name;
    this.showPanel();
  }

  showPanel() {
    for (const button of byId('tabs').children) {
      button.setAttribute('aria-selected', String(button.id === `tab-${this.tab}`));
    }
    const panel = byId('panel');
    const scroll = panel.scrollTop;
    const build = { moment: momentPanel, faults: faultsPanel, traffic: trafficPanel,
      freshness: freshnessPanel, size: sizePanel, compare: comparePanel }[this.tab];
    const focus = document.activeElement?.id;
    panel.replaceChildren(...build(this));
    panel.scrollTop = this.shownTab === this.tab ? scroll : 0;
    this.shownTab = this.tab;
    for (const canvas of panel.querySelectorAll('canvas.chart')) canvas.redraw();
    if (focus === 'value-filter') byId(focus)?.focus();
  }

  refreshValues() {
    if (this.tab !== 'moment') return;
    const lists = byId('panel').querySelectorAll('#values');
    this.runs.forEach((run, i) => lists[i]?.replaceWith(valuesList(this, run)));
  }

  // ---- choosing

  choose(selection, show = false) {
    this.look.selection = selection;
    this.look.fault = null;
    this.look.cone = selection ? coneOf(selection.run, selection) : null;
    this.cone = this.look.cone;
    if (selection) {
      const { run } = selection;
      this.look.cursor = selection.event >= 0 ? run.at[selection.event]
        : run.messages.sent[selection.message];
      if (show) this.view.show(this.look.cursor);
      this.tab = 'moment';
      byId('said').textContent = selection.event >= 0
        ? `${run.title(selection.event)} at ${momentText(this.look.cursor, 1000)}` : 'a message';
    }
    this.showPanel();
    this.redraw();
  }

  moveCursor(time) {
    this.look.cursor = Math.min(Math.max(time, 0), this.view.end);
    this.showPanel();
    this.redraw();
  }

  // To the next event: of the chosen node's if an event is chosen, else of all.
  step(by) {
    const chosen = this.look.selection?.event >= 0 ? this.look.selection : null;
    const run = chosen?.run ?? this.runs[0];
    let event;
    if (chosen) {
      event = by > 0 ? run.after[chosen.event] : run.before[chosen.event];
    } else {
      event = lastAtMost(run.at, this.look.cursor - (by > 0 ? 0 : 1e-3)) + (by > 0 ? 1 : 0);
    }
    if (event < 0 || event >= run.count) return;
    this.choose({ run, event, message: -1 }, true);
  }

  stepLane(by) {
    const chosen = this.look.selection?.event >= 0 ? this.look.selection : null;
    const run = chosen?.run ?? this.runs[0];
    let node = chosen ? run.node[chosen.event] : by > 0 ? -1 : run.nodes.length;
    do node += by; while (run.eventsOf[node]?.length === 0);
    if (node < 0 || node >= run.nodes.length) return;
    const lanes = this.lanes[this.runs.indexOf(run)];
    const { place } = lanes;
    if (place.overflow > 0) {
      this.look.scroll = Math.max(0, Math.min(place.overflow,
        place.row * (node + 0.5) - place.height / 2));
    }
    this.choose({ run, event: run.nearest(node, this.look.cursor), message: -1 }, true);
  }

  showSpan(from, to, fault = null) {
    const edge = (to - from) * 0.12;
    this.view.set(from - edge, to + edge);
    this.look.cursor = from + (to - from) * 0.5;
    this.look.selection = null;
    this.look.cone = null;
    this.look.fault = fault;
    this.showPanel();
    this.redraw();
  }

  showFault(run, name) {
    const all = run.faults.filter((fault) => fault.name === name);
    if (all.length === 0) return;
    const at = all.findIndex((fault) => fault === this.look.fault);
    const fault = all[(at + 1) % all.length];
    this.showSpan(fault.from, fault.to, fault);
  }

  clear() {
    this.look.marks = null;
    this.found = null;
    byId('query').value = '';
    byId('found').textContent = '';
    this.choose(null);
  }

  // ---- finding

  find(by) {
    const text = byId('query').value.trim();
    if (text === '') return this.clear();
    const run = this.look.selection?.run ?? this.runs[0];
    if (this.found?.text !== text || this.found.run !== run) {
      this.found = { text, run, ...ask(run, text), at: -1 };
      this.look.marks = this.found.marks;
      const near = this.found.events.findIndex((event) => run.at[event] >= this.look.cursor);
      this.found.at = near < 0 || this.found.events.length === 0 ? 0 : near;
    } else {
      const count = this.found.events.length;
      this.found.at = count === 0 ? 0 : (this.found.at + by + count) % count;
    }
    const { events, at, words } = this.found;
    byId('found').textContent = events.length > 0 ? `${at + 1} / ${words}` : words;
    if (events.length > 0) this.choose({ run, event: events[at], message: -1 }, true);
    this.redraw();
  }

  // ---- input

  #controls() {
    const middle = () => Math.min(Math.max(this.look.cursor, this.view.from), this.view.to);
    const zoom = (factor) => {
      this.view.zoom(factor, middle());
      this.redraw();
    };
    byId('zoom-in').addEventListener('click', () => zoom(0.6));
    byId('zoom-out').addEventListener('click', () => zoom(1 / 0.6));
    byId('zoom-fit').addEventListener('click', () => this.fit());
    byId('help-open').addEventListener('click', () => this.help());
    byId('find').addEventListener('submit', (event) => {
      event.preventDefault();
      this.find(1);
    });
    byId('find-back').addEventListener('click', () => this.find(-1));
    byId('query').addEventListener('keydown', (event) => {
      if (event.key === 'Enter' && event.shiftKey) {
        event.preventDefault();
        this.find(-1);
      } else if (event.key === 'Escape') {
        this.clear();
        byId('lanes').focus();
      }
      event.stopPropagation();
    });
    const keys = {
      ArrowLeft: () => this.step(-1), ArrowRight: () => this.step(1),
      ArrowUp: () => this.stepLane(-1), ArrowDown: () => this.stepLane(1),
      '+': () => zoom(0.6), '=': () => zoom(0.6), '-': () => zoom(1 / 0.6), 0: () => this.fit(),
      PageUp: () => this.slide(-0.8), PageDown: () => this.slide(0.8),
      Home: () => this.slide(-Infinity), End: () => this.slide(Infinity),
      '/': () => byId('query').focus(), '?': () => this.help(), Escape: () => this.clear(),
    };
    document.addEventListener('keydown', (event) => {
      const field = event.target.matches?.('input[type="search"], select, dialog *');
      if (field || event.ctrlKey || event.metaKey || event.altKey || byId('help').open) return;
      const tab = event.target.closest?.('#tabs');
      if (tab && event.key.startsWith('Arrow')) return;
      const run = keys[event.key];
      if (!run) return;
      event.preventDefault();
      run();
    });
  }

  fit() {
    this.view.fit();
    this.redraw();
  }

  slide(part) {
    const span = this.view.to - this.view.from;
    if (part === -Infinity) this.view.set(-this.view.end, -this.view.end + span);
    else if (part === Infinity) this.view.set(this.view.end * 2 - span, this.view.end * 2);
    else this.view.pan(span * part);
    this.redraw();
  }

  help() {
    const rows = [['← →', 'event before, next event (of the chosen node)'],
      ['↑ ↓', 'the lane above, below'], ['+ −', 'zoom; 0: the whole run'],
      ['PgUp PgDn Home End', 'slide'], ['/', 'find; Enter and Shift+Enter go through what is found'],
      ['Esc', 'clear'], ['wheel, drag', 'zoom, slide; Shift+wheel slides'],
      ['click', 'an event or a message: its past ◂ and its future ▸'],
      ['drag in the top strip', 'choose a window of the whole run']];
    byId('help').replaceChildren(el('h2', {}, 'Keys and pointer'),
      table(['', ''], rows.map((cells) => ({ cells }))),
      el('h2', {}, 'Finding'),
      table(['', ''], [['n2 sync', 'events of n2 that have this word'],
        ['"entry 3"', 'words that stand together'],
        ['violation preceded by crash', 'violations that have a crash in their past'],
        ['deliver n3 not preceded by entry n0', 'and those that have not'],
        ['stop n1 followed by deliver n0', 'what has one in its future']]
        .map((cells) => ({ cells }))),
      el('form', { method: 'dialog' }, el('p', {}, el('button', {}, 'Close'))));
    byId('help').showModal();
  }

  #boxes(height, width) {
    const each = height / this.runs.length;
    return this.runs.map((_, i) => ({ x: 0, y: i * each, w: width, h: each }));
  }

  #at(event) {
    const box = event.currentTarget.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  }

  #laneAt(y) {
    const { height } = byId('lanes').getBoundingClientRect();
    const i = Math.min(this.runs.length - 1, Math.max(0, Math.floor(y / height * this.runs.length)));
    return this.lanes[i];
  }

  #pointer() {
    const canvas = byId('lanes');
    let drag = null;
    canvas.addEventListener('pointerdown', (event) => {
      const [x, y] = this.#at(event);
      const lanes = this.#laneAt(y);
      const onAxis = y - lanes.place.box.y < axisHeight;
      drag = { x, y, from: this.view.from, to: this.view.to, scroll: this.look.scroll, moved: false,
        scrub: onAxis, lanes };
      canvas.setPointerCapture(event.pointerId);
      if (onAxis) this.moveCursor(lanes.time(x));
    });
    canvas.addEventListener('pointermove', (event) => {
      const [x, y] = this.#at(event);
      if (!drag) return this.#hover(x, y);
      if (drag.scrub) return this.moveCursor(drag.lanes.time(x));
      if (!drag.moved && Math.hypot(x - drag.x, y - drag.y) < 4) return;
      drag.moved = true;
      byId('hint').hidden = true;
      const by = (drag.x - x) / drag.lanes.place.width * (drag.to - drag.from);
      this.view.set(drag.from + by, drag.to + by);
      this.look.scroll = Math.max(0, Math.min(drag.lanes.place.overflow, drag.scroll + drag.y - y));
      this.redraw();
    });
    canvas.addEventListener('pointerup', (event) => {
      const was = drag;
      drag = null;
      if (!was || was.moved || was.scrub) return;
      this.#click(...this.#at(event), was.lanes);
    });
    canvas.addEventListener('pointercancel', () => { drag = null; });
    canvas.addEventListener('pointerleave', () => { byId('hint').hidden = true; });
    canvas.addEventListener('dblclick', (event) => {
      const [x, y] = this.#at(event);
      this.view.zoom(0.4, this.#laneAt(y).time(x));
      this.redraw();
    });
    canvas.addEventListener('wheel', (event) => this.#wheel(event), { passive: false });
    this.#brush();
  }

  #click(x, y, lanes) {
    const hit = lanes.hit(x, y);
    const { run } = lanes;
    if (hit?.fault) {
      this.look.fault = hit.fault;
      this.look.selection = null;
      this.look.cone = null;
      this.tab = 'moment';
      this.showPanel();
      return this.redraw();
    }
    if (hit) return this.choose({ run, event: hit.event, message: hit.message });
    if (x >= lanes.place.left) {
      this.look.selection = null;
      this.look.cone = null;
      this.look.fault = null;
      this.moveCursor(lanes.time(x));
    }
  }

  #wheel(event) {
    event.preventDefault();
    const [x, y] = this.#at(event);
    const lanes = this.#laneAt(y);
    const unit = event.deltaMode === 1 ? 16 : 1;
    if (x < gutter && lanes.place.overflow > 0) {
      this.look.scroll = Math.max(0, Math.min(lanes.place.overflow,
        this.look.scroll + event.deltaY * unit));
    } else if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
      const by = (event.deltaX || event.deltaY) * unit;
      this.view.pan(by / lanes.place.width * (this.view.to - this.view.from));
    } else {
      this.view.zoom(Math.exp(event.deltaY * unit * 0.0016), lanes.time(x));
    }
    this.redraw();
  }

  // In the overview: a click centres, a drag chooses the window.
  #brush() {
    const canvas = byId('overview');
    let begin = null;
    canvas.addEventListener('pointerdown', (event) => {
      begin = this.#at(event)[0];
      canvas.setPointerCapture(event.pointerId);
    });
    canvas.addEventListener('pointermove', (event) => {
      const x = this.#at(event)[0];
      if (begin === null || Math.abs(x - begin) < 4) return;
      this.view.set(...[begin, x].sort((a, b) => a - b).map((one) => this.overview.time(one)));
      this.redraw();
    });
    canvas.addEventListener('pointerup', (event) => {
      const x = this.#at(event)[0];
      if (begin !== null && Math.abs(x - begin) < 4) {
        const time = this.overview.time(x);
        const half = (this.view.to - this.view.from) / 2;
        this.view.set(time - half, time + half);
        this.moveCursor(time);
      }
      begin = null;
    });
  }

  #hover(x, y) {
    const lanes = this.#laneAt(y);
    const hint = byId('hint');
    const hit = lanes.hit(x, y);
    hint.hidden = !hit;
    byId('lanes').style.cursor = hit ? 'pointer' : 'default';
    if (!hit) return;
    const { run } = lanes;
    const m = run.messages;
    const words = hit.fault ? hit.fault.label : hit.event >= 0
      ? `${run.nodes[run.node[hit.event]]} ${run.headingOf(hit.event)}, `
        + `${momentText(run.at[hit.event], 1e5)}`
      : `${run.nodes[m.from[hit.message]]} → ${run.nodes[m.to[hit.message]]}: `
        + `${m.kindName(hit.message)}, ${fateNames[m.fate[hit.message]]}`
        + (m.faultOf(hit.message) ? ` (${m.faultOf(hit.message)})` : '');
    hint.textContent = clipped(words, 160);
    const top = byId('overview').getBoundingClientRect().height;
    const { width } = byId('lanes').getBoundingClientRect();
    hint.style.left = `${Math.min(x + 14, width - hint.offsetWidth - 8)}px`;
    hint.style.top = `${top + y + 16}px`;
  }

  // ---- drawing

  redraw() {
    if (this.waiting) return;
    this.waiting = true;
    requestAnimationFrame(() => {
      this.waiting = false;
      this.draw();
    });
  }

  draw() {
    const begin = performance.now();
    const { context, width, height } = prepared(byId('lanes'));
    const results = this.#boxes(height, width).map((box, i) => {
      const run = this.runs[i];
      const mine = this.look.selection?.run === run;
      const look = { ...this.look, selection: mine ? this.look.selection : null,
        cone: mine ? this.look.cone : null, marks: this.found?.run === run ? this.look.marks : null,
        key: run.keys.has(this.look.key) ? this.look.key : null };
      if (i > 0) {
        context.fillStyle = theme.line;
        context.fillRect(0, box.y, width, 1);
      }
      return this.lanes[i].draw(context, box, look);
    });
    this.overview.draw(byId('overview'), this.look);
    this.drawn = results[0];
    this.frames.last = performance.now() - begin;
    this.frames.most = Math.max(this.frames.most, this.frames.last);
    ++this.frames.count;
    this.#status(results);
  }

  #status(results) {
    const seen = results.reduce((sum, one) => sum + one.lines.seen, 0);
    const drawn = results.reduce((sum, one) => sum + one.lines.drawn, 0);
    const events = results.reduce((sum, one) => sum + one.marks.seen, 0);
    const parts = [`${momentText(Math.max(0, this.view.from), 1e6)} to `
      + `${momentText(Math.min(this.view.end, this.view.to), 1e6)}: ${manyText(events, 'event')}, `
      + `${manyText(seen, 'message')}`];
    if (drawn < seen) parts.push(`one line in ${Math.ceil(seen / drawn)} is drawn; zoom in for all`);
    byId('status-text').textContent = parts.join(' — ');
  }

  // For tests: where an event or a message is on the screen.
  where({ run = 0, event = -1, message = -1 }) {
    const lanes = this.lanes[run];
    const box = byId('lanes').getBoundingClientRect();
    if (event >= 0) {
      return { x: box.left + lanes.x(lanes.run.at[event]),
        y: box.top + lanes.place.y(lanes.run.node[event]) };
    }
    const m = lanes.run.messages;
    const x = (lanes.x(m.sent[message]) + lanes.x(m.end[message])) / 2;
    const half = m.reach[message] / 2;
    const y0 = lanes.place.y(m.from[message]);
    return { x: box.left + x, y: box.top + y0 + (lanes.place.y(m.to[message]) - y0) * half };
  }
}

function begin() {
  try {
    const runs = [...document.querySelectorAll('script.recording')]
      .map((script) => readRecording(JSON.parse(script.textContent)));
    if (runs.length > 1) {
      const same = runs[0].scenario === runs[1].scenario;
      runs.forEach((run, i) => {
        run.label = `${'AB'[i]}: ${same ? '' : `${run.scenario} `}seed ${run.outcome.seed}`;
      });
    }
    window.report = new App(runs);
    window.report.start();
  } catch (error) {
    byId('verdict').className = 'violation';
    byId('verdict').textContent = 'unreadable';
    byId('headline').textContent = error.message;
    throw error;
  }
}

begin();
