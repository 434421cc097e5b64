// View: the stretch of time in the window.

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
