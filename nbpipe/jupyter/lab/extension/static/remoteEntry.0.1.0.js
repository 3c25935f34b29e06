// What JupyterLab loads: a module-federation container, written by hand, so that there is nothing
// to build. Its name carries the version, and so do the modules that it loads: no browser keeps old
// ones. It says so in the console, and does nothing, where JupyterLab does not offer what it needs.
(() => {
  const here = document.currentScript.src;
  const version = /remoteEntry\.([^/?]+)\.js/.exec(here)[1];
  const part = name => import(new URL(`${name}.js?v=${version}`, here).href);
  let scope;

  const shared = async name => {
    const offered = scope[name];
    if (!offered) throw new Error(`JupyterLab does not share ${name}`);
    const versions = Object.keys(offered);
    const newest = versions.sort((a, b) => b.localeCompare(a, undefined, { numeric: true }))[0];
    return (await offered[newest].get())();
  };

  const plugins = async () => {
    try {
      const { makePlugin } = await part('plugin');
      const template = new URL(`template.ipynb?v=${version}`, here).href;
      return [await makePlugin(shared, part, template)];
    } catch (error) {
      console.warn('nbpipe: the extension stays off.', error);
      return [];
    }
  };

  window._JUPYTERLAB = window._JUPYTERLAB || {};
  window._JUPYTERLAB['nbpipe-lab'] = {
    init(offered) { scope = offered; },
    async get() {
      const made = await plugins();
      return () => ({ __esModule: true, default: made });
    }
  };
})();
