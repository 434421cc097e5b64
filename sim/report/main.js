// The page: what is looked at, and what keys, pointer and buttons do to it.

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
    new Input(this).listen();
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
    this.#leaveOutTheQuiet();
    this.draw();
    const broken = this.runs[0].marks.find((mark) => mark.bad && mark.event >= 0);
    if (broken && this.runs.length === 1) {
      this.choose({ run: this.runs[0], event: broken.event, message: -1 });
    }
    this.showTab(this.runs[0].story !== '' ? 'story' : this.tab);
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

  // Where most of the run is the calm at its end, the window is what was before.
  #leaveOutTheQuiet() {
    const last = Math.max(...this.runs.flatMap((run) => run.marks.map((mark) => mark.at)), 0);
    if (last > 0 && last < this.view.end / 2) this.view.set(0, last * 1.25);
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
      ['scenario ', run.scenario], ['seed ', `${outcome.seed}${outcome.rekeys ?? ''}`],
      ['trace ', String(outcome.trace_hash)],
      ['', `${manyText(run.count, 'event')} in ${durationText(run.end)}`],
    ].flatMap(([name, value]) => [name, el('b', {}, value)]));
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
    if (this.runs.some((run) => run.story !== '')) names.unshift(['story', 'Story']);
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
      freshness: freshnessPanel, size: sizePanel, compare: comparePanel,
      story: storyPanel }[this.tab];
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

  // ---- the window

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
      ['PgUp PgDn Home End', 'slide'],
      ['/', 'find; Enter and Shift+Enter go through what is found'],
      ['Esc', 'clear'], ['wheel, drag', 'zoom, slide; Shift+wheel slides'],
      ['click', 'an event or a message: its past ◂ and its future ▸'],
      ['drag in the top strip', 'choose a window of the whole run'],
      ['colours of lanes', 'one colour, one state; calm where all nodes agree']];
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

  // ---- drawing

  #boxes(height, width) {
    const each = height / this.runs.length;
    return this.runs.map((_, i) => ({ x: 0, y: i * each, w: width, h: each }));
  }

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
    const sample = drawn < seen ? `, one in ${Math.ceil(seen / drawn)} drawn` : '';
    const words = `${momentText(Math.max(0, this.view.from), 1e6)} to `
      + `${momentText(Math.min(this.view.end, this.view.to), 1e6)}: ${manyText(events, 'event')}, `
      + `${manyText(seen, 'message')}${sample}`;
    byId('status-text').textContent = words;
    byId('status-text').title = sample ? 'Zoom in to see all' : '';
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
    const stories = [...document.querySelectorAll('script.story')];
    runs.forEach((run, i) => { run.story = JSON.parse(stories[i]?.textContent ?? '""'); });
    if (runs.length > 1) {
      const same = runs[0].scenario === runs[1].scenario;
      runs.forEach((run, i) => {
        run.label = `${'AB'[i]}: ${same ? '' : `${run.scenario} `}seed ${run.outcome.seed}${
          run.outcome.rekeys ?? ''}`;
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
