// Commands: for the palette, the launcher and shortcuts.

const VERBS = {
  build: ['Build a pipeline', '%%nbpipe build model\nnumeric >> SimpleImputer(strategy="median") >> StandardScaler()\ncategorical >> OneHotEncoder(handle_unknown="ignore", min_frequency=60)\nmodel = LogisticRegression(max_iter=1000)'],
  builder: ['Build a pipeline by mouse', '%nbpipe builder model X y'],
  cv: ['Cross-validate', 'report = %nbpipe cv model X y\nreport'],
  check: ['Check what was run for leaks', '%nbpipe check'],
  watch: ['Check each cell after it was run', '%nbpipe watch on'],
  prompt: ['Write a prompt for your assistant', '%nbpipe prompt X y'],
  export: ['Export a fitted pipeline', '%nbpipe export model X y --report report'],
  load: ['Load a model', 'model = %nbpipe load models/model'],
  models: ['List the models of a folder', '%nbpipe models models']
};
const LESSONS = ['index.ipynb', '00_it_worked_in_the_notebook.ipynb']; // the folder with both

export function addCommands(lab, { app, tracker, checks, actions, panel, palette, launcher, setting, template, insertBelow }) {
  const { commands } = app;
  const { contents } = app.serviceManager;
  const inNotebook = () => Boolean(tracker.currentWidget);
  const add = (id, label, options) => {
    commands.addCommand(id, { label, ...options });
    palette?.addItem({ command: id, category: 'nbpipe' });
  };

  add('nbpipe:check', 'Check This Notebook for Leaks', {
    isEnabled: () => checks.on && Boolean(checks.current()),
    execute: () => { panel.show(); return checks.again(checks.current()); }
  });
  add('nbpipe:show-findings', 'Show Findings', { execute: () => panel.show() });
  add('nbpipe:next-finding', 'Go to the Next Finding', {
    isEnabled: () => Boolean(checks.current()?.findings.length),
    execute: () => actions.reveal(next(checks.current(), tracker.activeCell), true)
  });
  add('nbpipe:toggle', 'Underline Leaks', {
    isToggleable: true,
    isToggled: () => checks.on,
    execute: async () => {
      const wanted = !checks.on;
      checks.switch(wanted);
      await (await setting)?.set('check', wanted);
    }
  });
  for (const [verb, [label, text]] of Object.entries(VERBS)) {
    add(`nbpipe:insert-${verb}`, `Insert: ${label}`, {
      isEnabled: inNotebook,
      execute: () => insertBelow(lab, tracker.currentWidget, text)
    });
  }
  add('nbpipe:lessons', 'nbpipe lessons', {
    caption: 'From a notebook to a service, step by step',
    execute: async ({ cwd = '' }) => {
      for (const folder of [cwd, '', 'notebooks']) {
        const listed = await contents.get(folder).catch(() => ({}));
        const names = (listed.content ?? []).map?.(each => each.name) ?? [];
        if (LESSONS.every(each => names.includes(each))) {
          return commands.execute('docmanager:open', { path: [folder, LESSONS[0]].filter(Boolean).join('/') });
        }
      }
      const body = 'The lessons are the folder notebooks/ of nbpipe\'s repository. Start JupyterLab there, or copy it here.';
      await lab.apputils.showDialog({ title: 'No lessons here', body, buttons: [lab.apputils.Dialog.okButton()] });
    }
  });
  add('nbpipe:new-notebook', 'New nbpipe notebook', {
    caption: 'From a table to a verified model: the template',
    execute: async ({ cwd = '' }) => {
      const content = await (await fetch(template)).json();
      const { path } = await contents.newUntitled({ path: cwd, type: 'notebook' });
      await contents.save(path, { type: 'notebook', format: 'json', content: withoutOutputs(content) });
      return commands.execute('docmanager:open', { path });
    }
  });
  launcher?.add({ command: 'nbpipe:lessons', category: 'nbpipe', rank: 0 });
  launcher?.add({ command: 'nbpipe:new-notebook', category: 'nbpipe', rank: 1 });
}

// The first finding below the cursor; after the last, the first.
function next(notebook, active) {
  const order = [...notebook.model.cells];
  const here = order.indexOf(active?.model);
  const cursor = active?.editor ? active.editor.getOffsetAt(active.editor.getCursorPosition()) : -1;
  const below = each => {
    const cell = order.indexOf(each.model);
    return cell > here || (cell === here && each.from > cursor);
  };
  return notebook.findings.find(below) ?? notebook.findings[0];
}

const withoutOutputs = notebook => ({
  ...notebook,
  cells: notebook.cells.map(each => (each.cell_type === 'code' ? { ...each, outputs: [], execution_count: null } : each))
});
