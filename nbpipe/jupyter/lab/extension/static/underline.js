// Findings in an editor: a line below the code, and a card for who points at it or comes by keyboard.

export function makeUnderline({ codemirror, state, view }, checks, card) {
  const { Decoration, EditorView, ViewPlugin, hoverTooltip, showTooltip } = view;
  const { Prec, StateEffect, StateField } = state;
  const mark = StateEffect.define();
  const pin = StateEffect.define();

  const decorate = (findings, length) => Decoration.set(
    findings
      .filter(each => each.from < each.to && each.to <= length)
      .map(each => Decoration.mark({ class: `nbpipe-leak nbpipe-${each.severity}`, finding: each }).range(each.from, each.to)),
    true
  );

  function extension(cell) {
    const marks = StateField.define({
      create: at => decorate(checks.findings(cell), at.doc.length),
      update(value, change) {
        const told = change.effects.find(each => each.is(mark));
        return told ? decorate(told.value, change.newDoc.length) : value.map(change.changes);
      },
      provide: field => EditorView.decorations.from(field)
    });
    const at = (editor, position) => {
      const hit = [];
      editor.state.field(marks).between(position, position, (from, to, { spec }) => {
        hit.push({ from, to, finding: spec.finding });
      });
      return hit;
    };
    const tooltip = hit => ({
      pos: hit[0].from,
      end: hit[0].to,
      above: true,
      create: editor => ({ dom: card(hit.map(each => each.finding), () => close(editor)) })
    });
    // A card that was opened by keyboard takes the focus, and gives it back when it closes.
    const pinned = StateField.define({
      create: () => null,
      update(value, change) {
        const told = change.effects.find(each => each.is(pin));
        return told ? told.value : change.docChanged ? null : value;
      },
      provide: field => showTooltip.from(field, hit => hit && {
        ...tooltip(hit),
        create: editor => {
          const { dom } = tooltip(hit).create(editor);
          return { dom, mount: () => dom.querySelector('button')?.focus() };
        }
      })
    });
    const hover = hoverTooltip((editor, position) => {
      const hit = at(editor, position);
      return hit.length && !editor.state.field(pinned) ? tooltip(hit) : null;
    }, { hideOnChange: true });
    const close = editor => {
      editor.dispatch({ effects: [pin.of(null), view.closeHoverTooltips] });
      editor.focus();
    };
    const plugin = ViewPlugin.fromClass(class {
      constructor(editor) {
        const draw = () => editor.dispatch({ effects: mark.of(checks.findings(cell)) });
        const open = position => {
          const hit = at(editor, position);
          if (hit.length) editor.dispatch({ effects: pin.of(hit) });
        };
        this.end = checks.addView(cell, { draw, open });
      }
      update(change) { if (change.docChanged) checks.typed(cell); }
      destroy() { this.end(); }
    });
    return [Prec.lowest(marks), pinned, hover, plugin]; // around what others mark, in one piece
  }

  return {
    name: 'nbpipe-underline',
    factory: ({ model }) => model.type === 'code'
      ? codemirror.EditorExtensionRegistry.createImmutableExtension(extension(model))
      : null
  };
}
