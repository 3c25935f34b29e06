// The plugin: the parts, each a module that is given what it needs, and how they are wired.

const SHARED = {
  apputils: '@jupyterlab/apputils',
  codemirror: '@jupyterlab/codemirror',
  coreutils: '@jupyterlab/coreutils',
  launcher: '@jupyterlab/launcher',
  notebook: '@jupyterlab/notebook',
  rendermime: '@jupyterlab/rendermime',
  services: '@jupyterlab/services',
  settings: '@jupyterlab/settingregistry',
  signaling: '@lumino/signaling',
  state: '@codemirror/state',
  statusbar: '@jupyterlab/statusbar',
  view: '@codemirror/view',
  widgets: '@lumino/widgets'
};
const PARTS = ['actions', 'card', 'checks', 'commands', 'dom', 'insert', 'panel', 'style', 'underline', 'widgets'];

export async function makePlugin(shared, part, template) {
  const all = (entries, load) => Promise.all(entries.map(async ([name, from]) => [name, await load(from)]));
  const lab = Object.fromEntries(await all(Object.entries(SHARED), shared));
  const parts = Object.fromEntries(await all(PARTS.map(name => [name, name]), part));
  return {
    id: 'nbpipe-lab:plugin',
    autoStart: true,
    requires: [
      lab.codemirror.IEditorExtensionRegistry,
      lab.notebook.INotebookTracker,
      lab.rendermime.IRenderMimeRegistry
    ],
    optional: [
      lab.settings.ISettingRegistry,
      lab.apputils.ICommandPalette,
      lab.launcher.ILauncher,
      lab.statusbar.IStatusBar
    ],
    activate(app, editors, tracker, rendermime, registry, palette, launcher, statusBar) {
      parts.style.addStyle();
      parts.insert.insertCells(lab, tracker);
      parts.widgets.mendWidgets(tracker);
      const checks = parts.checks.makeChecks(lab, app.serviceManager.serverSettings, tracker);
      const actions = parts.actions.makeActions(lab, app, tracker, rendermime, checks);
      const card = parts.card.makeCard(parts.dom, actions);
      editors.addExtension(parts.underline.makeUnderline(lab, checks, card));
      const panel = parts.panel.makePanel(lab, parts.dom, app, checks, actions);
      if (statusBar) parts.panel.addStatus(lab, parts.dom, statusBar, panel, checks);
      const setting = registry?.load('nbpipe-lab:plugin').catch(() => undefined); // no server half
      setting?.then(found => {
        const follow = () => checks.switch(found.composite.check !== false);
        found?.changed.connect(follow);
        if (found) follow();
      });
      const { insertBelow } = parts.insert;
      const given = { app, tracker, checks, actions, panel, palette, launcher, setting, template, insertBelow };
      parts.commands.addCommands(lab, given);
    }
  };
}
