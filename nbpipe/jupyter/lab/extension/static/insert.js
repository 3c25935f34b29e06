// The comm "nbpipe:insert-cell": a widget in the kernel asks for a new cell below the active one.

export function insertBelow({ notebook: { NotebookActions } }, panel, text) {
  NotebookActions.insertBelow(panel.content);
  NotebookActions.changeCellType(panel.content, 'code');
  panel.content.activeCell.model.sharedModel.setSource(text);
  panel.content.scrollToCell(panel.content.activeCell);
}

export function insertCells(lab, tracker) {
  const answer = (panel, kernel, comm, message) => {
    // Every page with this notebook is told: the one whose click it was answers.
    const asked = message.parent_header?.session;
    const { text } = message.content.data ?? {};
    if (typeof text !== 'string' || panel.isDisposed || panel.context.model.readOnly) return;
    if (asked && asked !== kernel.clientId) return;
    insertBelow(lab, panel, text);
    comm.send({ inserted: true });
    comm.close();
  };
  const register = (panel, kernel) => {
    kernel?.registerCommTarget('nbpipe:insert-cell', (comm, message) => answer(panel, kernel, comm, message));
  };
  const watch = panel => {
    register(panel, panel.sessionContext.session?.kernel);
    panel.sessionContext.kernelChanged.connect((_, { newValue }) => register(panel, newValue));
  };
  tracker.forEach(watch);
  tracker.widgetAdded.connect((_, panel) => watch(panel));
}
