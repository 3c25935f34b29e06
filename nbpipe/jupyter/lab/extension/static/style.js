// How it looks, in the colours of JupyterLab's theme. How grave a finding is shows in the line, too:
// wavy, dashed, dotted.

const CSS = `
.nbpipe-leak { text-decoration: underline 1.5px; text-underline-offset: 3px; text-decoration-skip-ink: none; }
.nbpipe-leak.nbpipe-error { text-decoration-style: wavy; text-decoration-color: var(--jp-error-color1); }
.nbpipe-leak.nbpipe-review { text-decoration-style: dashed; text-decoration-color: var(--jp-warn-color0, #b26a00); }
.nbpipe-leak.nbpipe-note { text-decoration-style: dotted; text-decoration-color: var(--jp-info-color0, #1565c0); }
.cm-tooltip:has(> .nbpipe-card), .cm-tooltip.nbpipe-card { border: none; background: none; z-index: 10000; }
.nbpipe-card { max-width: min(560px, 80vw); max-height: 60vh; overflow: auto; font: var(--jp-ui-font-size1)/1.45 var(--jp-ui-font-family);
  color: var(--jp-ui-font-color1); background: var(--jp-layout-color1) !important; border: 1px solid var(--jp-border-color1) !important;
  border-radius: 4px; box-shadow: var(--jp-elevation-z4); }
.nbpipe-finding { padding: 8px 12px; }
.nbpipe-finding + .nbpipe-finding { border-top: 1px solid var(--jp-border-color1); }
.nbpipe-card p { margin: 6px 0; }
.nbpipe-card pre, .nbpipe-card code, .nbpipe-panel code { font: var(--jp-code-font-size)/1.4 var(--jp-code-font-family);
  background: var(--jp-layout-color2); color: var(--jp-ui-font-color0); }
.nbpipe-card pre { padding: 6px 8px; margin: 6px 0; overflow-x: auto; white-space: pre-wrap; overflow-wrap: anywhere; }
.nbpipe-why { color: var(--jp-ui-font-color1); border-left: 3px solid var(--jp-border-color1); padding-left: 8px; }
.nbpipe-tag { display: inline-block; padding: 0 6px; border-radius: 3px; border: 1.5px solid currentColor; color: var(--jp-ui-font-color0); }
.nbpipe-tag.nbpipe-error { border-color: var(--jp-error-color1); border-style: double; border-width: 3px; }
.nbpipe-tag.nbpipe-review { border-color: var(--jp-warn-color0); border-style: dashed; }
.nbpipe-tag.nbpipe-note { border-color: var(--jp-info-color0); border-style: dotted; }
.nbpipe-buttons { display: flex; flex-wrap: wrap; gap: 6px; }
.nbpipe-button { font: inherit; padding: 3px 10px; border-radius: 3px; cursor: pointer; color: var(--jp-ui-font-color0);
  background: var(--jp-layout-color2); border: 1px solid var(--jp-border-color0); }
.nbpipe-button:hover { background: var(--jp-layout-color3); }
.nbpipe-button:focus-visible, .nbpipe-panel button:focus-visible, .nbpipe-status:focus-visible { outline: 2px solid var(--jp-brand-color1); outline-offset: 1px; }
.nbpipe-panel { overflow: auto; padding: 8px 12px; color: var(--jp-ui-font-color1); background: var(--jp-layout-color1); font-size: var(--jp-ui-font-size1); min-width: 220px !important; }
.nbpipe-panel h2 { font-size: var(--jp-ui-font-size2); margin: 4px 0 8px; }
.nbpipe-panel h3 { font-size: var(--jp-ui-font-size1); margin: 12px 0 4px; }
.nbpipe-panel ul { list-style: none; margin: 0; padding: 0; }
.nbpipe-panel li button { display: block; width: 100%; text-align: left; font: inherit; line-height: 1.45; color: inherit; cursor: pointer;
  background: none; border: none; padding: 4px; border-radius: 3px; overflow-wrap: anywhere; }
.nbpipe-panel li button:hover { background: var(--jp-layout-color2); }
.nbpipe-status { font: inherit; color: inherit; background: none; border: none; cursor: pointer; padding: 0 6px; line-height: 22px; }
.nbpipe-about { overflow: auto; padding: 0 24px 24px; max-width: 860px; }
`;

export function addStyle() {
  const style = document.createElement('style');
  style.textContent = CSS;
  document.head.append(style);
}
