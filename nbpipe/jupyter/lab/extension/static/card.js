// The card of a finding: what, why, how to write it instead, and what can be done about it.

export function makeCard({ element, prose, tag }, actions) {
  const button = (words, act) => element('button', { type: 'button', class: 'nbpipe-button', onclick: act }, words);

  function section(finding, close) {
    const then = act => () => { close(); act(finding); };
    const copy = async ({ target }) => { target.textContent = await actions.copy(finding); };
    const buttons = [
      ...(finding.edits.length ? [button('Apply fix', then(actions.fix))] : []),
      button('Copy prompt for your assistant', copy),
      button('Ignore', then(actions.ignore)),
      button(`About ${finding.code}`, then(actions.about))
    ];
    return element(
      'div', { class: 'nbpipe-finding' },
      element('div', { class: 'nbpipe-title' },
        tag(finding), ` ${finding.code} ${finding.name}`),
      element('p', {}, ...prose(finding.message)),
      element('p', { class: 'nbpipe-why' }, ...prose(actions.why(finding))),
      element('pre', { tabindex: '0', 'aria-label': 'What to write instead' }, finding.fix),
      element('div', { class: 'nbpipe-buttons', 'aria-live': 'polite' }, ...buttons)
    );
  }

  return (findings, close) => {
    const label = `nbpipe: ${findings.map(each => `${each.severity} ${each.code}`).join(', ')}`;
    const card = element(
      'div', { class: 'nbpipe-card', role: 'dialog', 'aria-label': label, 'data-lm-suppress-shortcuts': 'true' },
      ...findings.map(each => section(each, close))
    );
    card.addEventListener('keydown', event => {
      if (event.key === 'Escape') close();
      event.stopPropagation(); // keys are for the card, not for the notebook below it
    });
    return card;
  };
}
