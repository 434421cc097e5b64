// The run in words: a headline, and the few sentences that a reader would otherwise have to find.

function headlineOf(run) {
  const { outcome } = run;
  const at = outcome.violation;
  if (at) {
    const where = run.nodes[at.node] ?? 'a node';
    return `${sentence(at.oracle)} is broken at ${where}, ${momentText(at.at_seconds * second, 1e6)}`;
  }
  if (outcome.verdict === 'vacuous') {
    return `Nothing broke, and nothing is proven: ${outcome.vacuous}`;
  }
  const after = (outcome.converged_after_seconds ?? 0) * second;
  const equal = `All ${countText(run.nodes.length)} replicas hold one state`;
  return after <= 0 ? `${equal} as soon as the faults are over`
    : `${equal} ${durationText(after)} after the faults`;
}

const sentence = (text) => text.charAt(0).toUpperCase() + text.slice(1);

// Parts: text, or { text, run, event | from, to } for what can be gone to.
function storyOf(run) {
  const { outcome } = run;
  const parts = [];
  if (outcome.violation) parts.push(`${sentence(outcome.violation.detail)}. `);
  const bitten = run.receipts.filter((receipt) => receipt.drawn && receipt.bites > 0);
  parts.push(`${manyText(run.writes, 'transaction')} on ${manyText(run.nodes.length, 'node')}`);
  if (bitten.length > 0) {
    parts.push(', while ');
    bitten.forEach((receipt, i) => {
      if (i > 0) parts.push(i + 1 === bitten.length ? ' and ' : ', ');
      parts.push({ text: receipt.fault, fault: receipt.fault });
      parts.push(` bit ${receipt.bites === 1 ? 'once' : `${countText(receipt.bites)} times`}`);
    });
  }
  parts.push('. ');
  const longest = longestDisagreement(run);
  if (longest) {
    parts.push('The nodes differed longest ');
    parts.push({ text: `from ${momentText(longest.from, 1e8)} to ${momentText(longest.to, 1e8)}`,
      from: longest.from, to: longest.to });
    parts.push(`, in up to ${longest.most} states. `);
  }
  const delays = Float64Array.from(run.delays, (delay) => delay.by).sort();
  if (delays.length > 0) {
    parts.push('Half of what was written was seen elsewhere within '
      + `${durationText(quantile(delays, 0.5))}, `
      + `all within ${durationText(quantile(delays, 1))}. `);
  }
  for (const line of outcome.story ?? []) parts.push(`${line} `);
  return parts;
}

function longestDisagreement(run) {
  const { at, different } = run.agreement;
  let best = null;
  let begin = -1;
  let most = 0;
  for (let i = 0; i <= at.length; ++i) {
    if (i < at.length && different[i] > 1) {
      if (begin < 0) [begin, most] = [i, 0];
      most = Math.max(most, different[i]);
    } else if (begin >= 0) {
      const to = i < at.length ? at[i] : run.end;
      if (!best || to - at[begin] > best.to - best.from) best = { from: at[begin], to, most };
      begin = -1;
    }
  }
  return best;
}

const clockUnits = { ns: 1, us: 1e3, 'µs': 1e3, ms: 1e6, s: second, m: 60 * second };

// The story of a scenario that says what is done: a line each, with its moment to go to.
function storyPanel(app) {
  return app.runs.filter((run) => run.story !== '').map((run) => el('section', {},
    el('h2', {}, run.label ?? 'What happens, in order'),
    el('ol', { className: 'story' }, run.story.trim().split('\n').map((line) => {
      const clock = /^(at|from) ([\d.]+) ?(ns|us|µs|ms|s|m)\b/.exec(line);
      if (!clock) return el('li', {}, line);
      const time = Number(clock[2]) * clockUnits[clock[3]];
      return el('li', {}, el('button', {
        type: 'button', className: 'jump',
        on: { click: () => { app.view.show(time); app.moveCursor(time); } },
      }, clock[0]), line.slice(clock[0].length));
    }))));
}
