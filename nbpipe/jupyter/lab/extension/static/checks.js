// What is found in the notebooks that are open: asked of the server after each pause in typing.

const PAUSE = 300; // ms

export function makeChecks({ coreutils, services, signaling }, server, tracker) {
  const url = coreutils.URLExt.join(server.baseUrl, 'nbpipe', 'check');
  const notebooks = new Map(); // by what their cells call their notebook
  const views = new Map(); // of each cell, by its model: what shows its findings
  let on = true;
  let missing = false; // the server's half: then nothing is asked any more

  const checks = {
    get on() { return on && !missing; },
    of: cell => notebooks.get(cell.sharedModel.notebook),
    current: () => notebooks.get(tracker.currentWidget?.context.model.sharedModel),
    findings: cell => checks.of(cell)?.findings.filter(each => each.model === cell) ?? [],
    isCurrent: ({ model, source }) => model.sharedModel.getSource() === source,

    // Take a view of a cell, to be told what is found there; returns what takes it away again.
    addView(cell, view) {
      const all = views.get(cell) ?? views.set(cell, new Set()).get(cell);
      all.add(view);
      return () => { all.delete(view); if (!all.size) views.delete(cell); };
    },

    open: finding => views.get(finding.model)?.forEach(view => view.open(finding.from)),

    typed(cell) {
      const notebook = checks.of(cell);
      if (notebook) { clearTimeout(notebook.timer); notebook.timer = undefined; later(notebook); }
    },

    switch(wanted) {
      if (on === wanted) return;
      on = wanted;
      notebooks.forEach(notebook => { forget(notebook); later(notebook); });
    },

    again(notebook) { notebook.sources = undefined; return ask(notebook); }
  };
  checks.changed = new signaling.Signal(checks); // what is found, or which notebook is in front
  tracker.currentChanged.connect(() => checks.changed.emit());

  function later(notebook) {
    notebook.timer ??= setTimeout(() => ask(notebook), PAUSE);
  }

  function forget(notebook) {
    notebook.asked?.abort();
    notebook.sources = undefined;
    found(notebook, [], {}, '');
  }

  async function ask(notebook) {
    clearTimeout(notebook.timer);
    notebook.timer = undefined;
    if (!checks.on || notebook.model.isDisposed || !isPython(notebook.model)) return;
    const cells = [...notebook.model.cells].filter(each => each.type === 'code');
    const sources = cells.map(each => each.sharedModel.getSource());
    if (same(sources, notebook.sources)) return draw(notebook.findings); // typed, and taken back
    notebook.asked?.abort();
    const asked = (notebook.asked = new AbortController());
    notebook.sources = sources;
    const body = JSON.stringify({ client: notebook.client, path: notebook.context.localPath, cells: sources });
    try {
      const sent = { method: 'POST', body, signal: asked.signal };
      const response = await services.ServerConnection.makeRequest(url, sent, server);
      if ([403, 404, 405].includes(response.status)) return stop(response.status);
      const answer = await response.json();
      if (asked.signal.aborted) return;
      if (!response.ok) throw new Error(answer.message);
      const placed = answer.findings.map(each => place(each, cells, sources));
      found(notebook, placed, answer.rules, answer.skipped[0]?.reason ?? '');
    } catch (error) {
      if (asked.signal.aborted) return;
      notebook.sources = undefined; // the next change asks again
      found(notebook, [], {}, error.message);
    }
  }

  function stop(status) {
    missing = true;
    notebooks.forEach(forget);
    console.info(`nbpipe: this server does not check notebooks (${status}), so no leaks are underlined.`);
  }

  function found(notebook, findings, rules, problem) {
    const before = notebook.findings;
    Object.assign(notebook, { findings, rules, problem });
    draw([...before, ...findings]);
    checks.changed.emit();
  }

  // In a cell that has changed since it was asked about, lines move with the code until the next answer.
  function draw(findings) {
    for (const cell of new Set(findings.map(each => each.model))) {
      if (checks.findings(cell).every(checks.isCurrent)) views.get(cell)?.forEach(view => view.draw());
    }
  }

  function watch({ context }) {
    const { model } = context;
    // Others' cursors and read-only files: not ours to write in, nor to speak up in.
    if (model.collaborative || model.readOnly || context.contentsModel?.writable === false) return;
    if (notebooks.has(model.sharedModel)) return;
    const notebook = { context, model, client: `${Math.random()}`, findings: [], rules: {}, problem: '' };
    notebooks.set(model.sharedModel, notebook);
    model.contentChanged.connect(() => later(notebook)); // also cells moved, or written by others
    context.disposed.connect(() => {
      clearTimeout(notebook.timer);
      notebook.asked?.abort();
      notebooks.delete(model.sharedModel);
    });
    later(notebook);
  }

  const whenReady = panel => {
    panel.context.ready.then(() => panel.isDisposed || watch(panel)).catch(error => console.warn('nbpipe:', error));
  };
  tracker.forEach(whenReady);
  tracker.widgetAdded.connect((_, panel) => whenReady(panel));
  return checks;
}

function isPython(model) {
  const language = model.defaultKernelLanguage || model.getMetadata('kernelspec')?.language || 'python';
  return language.toLowerCase().includes('py');
}

const same = (one, other) => one.length === other?.length && one.every((each, i) => each === other[i]);

// Tie a finding to the cells that were asked about, whatever is inserted above them later. The checker
// counts lines and characters from 1; an editor counts UTF-16 units from 0.
function place(finding, cells, sources) {
  const tied = each => ({ ...each, model: cells[each.cell - 1], source: sources[each.cell - 1] });
  const { model, source } = tied(finding);
  const lines = source.split('\n');
  const start = lines.slice(0, finding.line - 1).reduce((sum, line) => sum + line.length + 1, 0);
  const line = lines[finding.line - 1] ?? '';
  const units = column => [...line].slice(0, column - 1).join('').length;
  const ends = finding.end_line === finding.line ? units(finding.end_column) : line.length;
  const edits = (finding.edits ?? []).map(tied);
  return { ...finding, edits, model, source, from: start + units(finding.column), to: start + ends };
}
