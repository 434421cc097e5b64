// Input: what keys, pointer and buttons do to the page.

class Input {
  constructor(app) { this.app = app; }

  listen() {
    this.#pointer();
    this.#controls();
  }

  #controls() {
    const middle = () => Math.min(Math.max(this.app.look.cursor, this.app.view.from),
      this.app.view.to);
    const zoom = (factor) => {
      this.app.view.zoom(factor, middle());
      this.app.redraw();
    };
    byId('zoom-in').addEventListener('click', () => zoom(0.6));
    byId('zoom-out').addEventListener('click', () => zoom(1 / 0.6));
    byId('zoom-fit').addEventListener('click', () => this.app.fit());
    byId('help-open').addEventListener('click', () => this.app.help());
    byId('find').addEventListener('submit', (event) => {
      event.preventDefault();
      this.app.find(1);
    });
    byId('find-back').addEventListener('click', () => this.app.find(-1));
    byId('query').addEventListener('keydown', (event) => {
      if (event.key === 'Enter' && event.shiftKey) {
        event.preventDefault();
        this.app.find(-1);
      } else if (event.key === 'Escape') {
        this.app.clear();
        byId('lanes').focus();
      }
      event.stopPropagation();
    });
    const keys = {
      ArrowLeft: () => this.app.step(-1), ArrowRight: () => this.app.step(1),
      ArrowUp: () => this.app.stepLane(-1), ArrowDown: () => this.app.stepLane(1),
      '+': () => zoom(0.6), '=': () => zoom(0.6), '-': () => zoom(1 / 0.6), 0: () => this.app.fit(),
      PageUp: () => this.app.slide(-0.8), PageDown: () => this.app.slide(0.8),
      Home: () => this.app.slide(-Infinity), End: () => this.app.slide(Infinity),
      '/': () => byId('query').focus(), '?': () => this.app.help(), Escape: () => this.app.clear(),
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

  #at(event) {
    const box = event.currentTarget.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  }

  #laneAt(y) {
    const { height } = byId('lanes').getBoundingClientRect();
    const { lanes } = this.app;
    return lanes[Math.min(lanes.length - 1, Math.max(0, Math.floor(y / height * lanes.length)))];
  }

  #pointer() {
    const canvas = byId('lanes');
    let drag = null;
    canvas.addEventListener('pointerdown', (event) => {
      const [x, y] = this.#at(event);
      const lanes = this.#laneAt(y);
      const onAxis = y - lanes.place.box.y < axisHeight;
      const { view: { from, to }, look: { scroll } } = this.app;
      drag = { x, y, from, to, scroll, moved: false, scrub: onAxis, lanes };
      canvas.setPointerCapture(event.pointerId);
      if (onAxis) this.app.moveCursor(lanes.time(x));
    });
    canvas.addEventListener('pointermove', (event) => {
      const [x, y] = this.#at(event);
      if (!drag) return this.#hover(x, y);
      if (drag.scrub) return this.app.moveCursor(drag.lanes.time(x));
      if (!drag.moved && Math.hypot(x - drag.x, y - drag.y) < 4) return;
      drag.moved = true;
      byId('hint').hidden = true;
      const by = (drag.x - x) / drag.lanes.place.width * (drag.to - drag.from);
      this.app.view.set(drag.from + by, drag.to + by);
      this.app.look.scroll = Math.max(0,
        Math.min(drag.lanes.place.overflow, drag.scroll + drag.y - y));
      this.app.redraw();
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
      this.app.view.zoom(0.4, this.#laneAt(y).time(x));
      this.app.redraw();
    });
    canvas.addEventListener('wheel', (event) => this.#wheel(event), { passive: false });
    this.#brush();
  }

  #click(x, y, lanes) {
    const hit = lanes.hit(x, y);
    const { run } = lanes;
    if (hit?.fault) {
      this.app.look.fault = hit.fault;
      this.app.look.selection = null;
      this.app.look.cone = null;
      this.app.tab = 'moment';
      this.app.showPanel();
      return this.app.redraw();
    }
    if (hit) return this.app.choose({ run, event: hit.event, message: hit.message });
    if (x >= lanes.place.left) {
      this.app.look.selection = null;
      this.app.look.cone = null;
      this.app.look.fault = null;
      this.app.moveCursor(lanes.time(x));
    }
  }

  #wheel(event) {
    event.preventDefault();
    const [x, y] = this.#at(event);
    const lanes = this.#laneAt(y);
    const unit = event.deltaMode === 1 ? 16 : 1;
    if (x < gutter && lanes.place.overflow > 0) {
      this.app.look.scroll = Math.max(0, Math.min(lanes.place.overflow,
        this.app.look.scroll + event.deltaY * unit));
    } else if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
      const by = (event.deltaX || event.deltaY) * unit;
      this.app.view.pan(by / lanes.place.width * (this.app.view.to - this.app.view.from));
    } else {
      this.app.view.zoom(Math.exp(event.deltaY * unit * 0.0016), lanes.time(x));
    }
    this.app.redraw();
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
      const ends = [begin, x].sort((a, b) => a - b);
      this.app.view.set(...ends.map((one) => this.app.overview.time(one)));
      this.app.redraw();
    });
    canvas.addEventListener('pointerup', (event) => {
      const x = this.#at(event)[0];
      if (begin !== null && Math.abs(x - begin) < 4) {
        const time = this.app.overview.time(x);
        const half = (this.app.view.to - this.app.view.from) / 2;
        this.app.view.set(time - half, time + half);
        this.app.moveCursor(time);
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
}
