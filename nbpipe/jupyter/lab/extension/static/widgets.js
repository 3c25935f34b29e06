// What ipywidgets leaves undone in a page: where a widget is gone, as in a notebook that is opened
// again, what it was saved with is shown; and the handle of a slider is called what its label says.

const VIEW = 'application/vnd.jupyter.widget-view+json';
const LOST = ['Loading widget...', 'Error displaying widget: model not found'];
const PATIENCE = 1000; // milliseconds, in which a widget that is still there shows itself

export function mendWidgets(tracker) {
  const watch = ({ content }) => {
    let frame, timer;
    const name = () => {
      frame = undefined;
      nameSliders(content.node);
    };
    const mend = () => {
      for (const { outputArea } of content.widgets) if (outputArea) showSaved(outputArea, content.rendermime);
    };
    new MutationObserver(changes => {
      if (!changes.some(({ target }) => target.closest?.('.jp-Cell-outputArea'))) return;
      frame ??= requestAnimationFrame(name);
      clearTimeout(timer);
      timer = setTimeout(mend, PATIENCE);
    }).observe(content.node, { childList: true, subtree: true });
    name();
    timer = setTimeout(mend, PATIENCE);
  };
  tracker.forEach(watch);
  tracker.widgetAdded.connect((_, panel) => watch(panel));
}

function nameSliders(root) {
  for (const slider of root.querySelectorAll('.widget-slider')) {
    const name = slider.querySelector('.widget-label')?.textContent;
    for (const handle of slider.querySelectorAll('[role=slider]')) handle.setAttribute('aria-label', name);
  }
}

function showSaved(outputArea, rendermime) {
  outputArea.widgets.forEach(async (child, i) => {
    const node = child.node.querySelector('.jp-OutputArea-output');
    const lost = () => node && LOST.includes(node.textContent);
    const model = outputArea.model.get(i);
    if (!lost() || !model?.data[VIEW] || !model.data['text/html']) return;
    const saved = rendermime.createRenderer('text/html');
    await saved.renderModel(model);
    if (lost()) node.replaceChildren(saved.node);
  });
}
