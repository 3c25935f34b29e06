// What can be done about a finding. Each does nothing where the code has changed since the check.

export function makeActions({ apputils }, app, tracker, rendermime, checks) {
  const panelOf = notebook => tracker.find(each => each.context.model === notebook.model);

  return {
    why: finding => checks.of(finding.model)?.rules[finding.code]?.why ?? '',

    async copy(finding) {
      try {
        await navigator.clipboard.writeText(finding.prompt);
      } catch {
        apputils.Clipboard.copyToSystem(finding.prompt); // a page without HTTPS has no other
      }
      return 'Copied';
    },

    fix(finding) {
      if (!finding.edits.every(checks.isCurrent)) return;
      // From the bottom: what is above keeps its lines.
      const upwards = [...finding.edits].sort((a, b) => b.cell - a.cell || b.line - a.line);
      upwards.forEach(each => {
        replaceLines(each.model.sharedModel, each.line, each.end_line, each.text);
      });
    },

    ignore(finding) {
      if (!checks.isCurrent(finding)) return;
      const shared = finding.model.sharedModel;
      const lines = shared.getSource().split('\n');
      let line = finding.end_line;
      while (lines[line - 1].endsWith('\\') && line < lines.length) line += 1; // a row that goes on
      const before = lines[line - 1];
      const known = /# nbpipe: ignore\[([^\]]*)/.exec(before);
      const after = known
        ? before.replace(known[0], `${known[0]}, ${finding.code}`)
        : `${before}  # nbpipe: ignore[${finding.code}]`;
      replaceLines(shared, line, line, after);
    },

    about(finding) {
      const text = checks.of(finding.model)?.rules[finding.code]?.text;
      if (!text) return;
      const content = rendermime.createRenderer('text/markdown');
      content.addClass('nbpipe-about');
      content.renderModel(rendermime.createModel({ data: { 'text/markdown': text } }));
      const page = new apputils.MainAreaWidget({ content });
      page.title.label = finding.code;
      page.title.closable = true;
      app.shell.add(page, 'main', { mode: 'split-right' });
    },

    // Bring a finding into sight; `open` is for the keyboard: its card, with the focus in it.
    async reveal(finding, open = false) {
      const notebook = checks.of(finding.model);
      const panel = notebook && panelOf(notebook);
      const index = panel ? [...notebook.model.cells].indexOf(finding.model) : -1;
      if (index < 0) return;
      app.shell.activateById(panel.id);
      panel.content.activeCellIndex = index;
      const cell = panel.content.activeCell;
      await cell.ready;
      await panel.content.scrollToCell(cell);
      panel.content.mode = 'edit';
      cell.editor?.setCursorPosition(cell.editor.getPositionAt(finding.from));
      cell.editor?.focus();
      if (open) checks.open(finding);
    }
  };
}

function replaceLines(shared, first, last, text) {
  const lines = shared.getSource().split('\n');
  const start = lines.slice(0, first - 1).join('\n').length + (first > 1 ? 1 : 0);
  const end = lines.slice(0, last).join('\n').length;
  const all = last === lines.length;
  if (text) shared.updateSource(start, end, text);
  else shared.updateSource(all ? Math.max(start - 1, 0) : start, all ? end : end + 1); // no empty row stays
}
