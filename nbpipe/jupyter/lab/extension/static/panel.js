// All findings of the notebook in front: how many, in the status bar; which, in a panel at the right.

const SEVERITIES = ['error', 'review', 'note'];

const counted = findings => SEVERITIES
  .map(severity => [findings.filter(each => each.severity === severity).length, severity])
  .filter(([count]) => count)
  .map(([count, severity]) => `${count} ${severity}${count > 1 ? 's' : ''}`)
  .join(', ');

function summary(checks) {
  const notebook = checks.current();
  if (!notebook) return 'no notebook that is checked';
  if (!checks.on) return 'off';
  return notebook.problem ? 'not checked' : counted(notebook.findings) || 'no leaks found';
}

export function makePanel({ widgets: { Widget } }, { element, prose, tag }, app, checks, actions) {
  const panel = new Widget();
  panel.id = 'nbpipe-findings';
  panel.title.label = 'nbpipe';
  panel.title.caption = 'nbpipe: findings of this notebook';
  panel.addClass('nbpipe-panel');
  panel.node.setAttribute('role', 'region');
  panel.node.setAttribute('aria-label', 'nbpipe findings');

  const entry = finding => element('li', {}, element(
    'button', { type: 'button', onclick: () => actions.reveal(finding) },
    tag(finding), ` ${finding.code}, line ${finding.line}: `, ...prose(finding.message)
  ));
  function draw() {
    const { findings = [], problem = '' } = checks.current() ?? {};
    const lists = [...new Set(findings.map(each => each.cell))].flatMap(cell => [
      element('h3', {}, `Code cell ${cell}`),
      element('ul', {}, ...findings.filter(each => each.cell === cell).map(entry))
    ]);
    panel.node.replaceChildren(element('h2', {}, `nbpipe: ${summary(checks)}`), element('p', {}, problem), ...lists);
  }
  checks.changed.connect(draw);
  draw();
  return {
    show() {
      if (!panel.isAttached) app.shell.add(panel, 'right', { rank: 900 });
      app.shell.activateById(panel.id);
    }
  };
}

export function addStatus({ widgets: { Widget } }, { element }, statusBar, panel, checks) {
  const item = new Widget();
  item.node.setAttribute('role', 'status');
  const title = 'Show what nbpipe finds in this notebook';
  const button = element('button', { type: 'button', class: 'nbpipe-status', title, onclick: () => panel.show() });
  item.node.append(button);
  const draw = () => { button.textContent = `nbpipe: ${summary(checks)}`; };
  checks.changed.connect(draw);
  draw();
  statusBar.registerStatusItem('nbpipe-lab:status', {
    item,
    align: 'right',
    rank: 10,
    isActive: () => checks.on && Boolean(checks.current()),
    activeStateChanged: checks.changed
  });
}
