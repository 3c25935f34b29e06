// Elements, made in one expression.

export function element(tag, attributes, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith('on')) made.addEventListener(name.slice(2), value);
    else made.setAttribute(name, value);
  }
  made.append(...children);
  return made;
}

// A sentence, with what it quotes in backquotes as code.
export const prose = text => text.split('`').map((part, i) => (i % 2 ? element('code', {}, part) : part));

// How grave a finding is, in words and by its border as well as in colour.
export const tag = ({ severity }) => element('b', { class: `nbpipe-tag nbpipe-${severity}` }, severity);
