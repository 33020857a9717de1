/**
 * Sends the form, shows how the benchmark goes, and leads to its result. Texts of the server are
 * written as texts. All fields but the key are remembered in this browser; of the address, host and
 * path, since keys are put into what is beside them.
 */
export const formScript = `
'use strict';
(() => {
  const find = (id) => document.getElementById(id);
  const words = JSON.parse(find('words').textContent);
  const form = find('form');
  const names = ['api_url', 'model', 'parallel', 'number', 'min-tokens', 'max-tokens', 'datasets'];
  const counts = ['parallel', 'number', 'min-tokens', 'max-tokens'];
  const lang = document.documentElement.lang.startsWith('zh') ? 'zh' : 'en';
  const fill = (text, values) => text.replace(/\\{(\\w+)\\}/g, (_, name) => values[name]);
  const linkTo = (report) => report + '?lang=' + lang;
  const memory = 'slogate-form';
  let running;

  const recall = () => {
    try {
      const kept = JSON.parse(localStorage.getItem(memory) || '{}');
      for (const name of names) {
        const field = find(name);
        if (typeof kept[name] !== 'string') continue;
        if (field.tagName === 'SELECT' && ![...field.options].some((o) => o.value === kept[name])) continue;
        field.value = kept[name];
      }
    } catch {}
  };
  const remember = () => {
    try {
      const kept = Object.fromEntries(names.map((name) => [name, find(name).value]));
      const url = readUrl();
      kept.api_url = url && url.origin + url.pathname;
      localStorage.setItem(memory, JSON.stringify(kept));
    } catch {}
  };

  const readUrl = () => {
    try { return new URL(find('api_url').value.trim()); } catch { return undefined; }
  };
  const showPlace = () => {
    const url = readUrl();
    const local = !url || /^(localhost|.+\\.localhost|127(\\.\\d+){3}|\\[::1\\])$/.test(url.hostname);
    find('remote').hidden = local;
    find('backend').value = isDefaultPort(url) ? url.port : '';
  };
  const isDefaultPort = (url) =>
    url && url.port !== '' && [...find('backend').options].some(({ value }) => value === url.port);
  // The port of another backend is replaced, one that was typed is not.
  const setPort = () => {
    const port = find('backend').value;
    const url = readUrl();
    if (port === '' || (url && !isDefaultPort(url))) return;
    if (url) {
      url.port = port;
      find('api_url').value = url.href;
    } else {
      find('api_url').value = 'http://127.0.0.1:' + port + '/v1';
    }
    showPlace();
  };

  const clearProblems = () => {
    find('problem').hidden = true;
    for (const place of document.querySelectorAll('.problem')) {
      place.textContent = '';
      place.classList.remove('told');
    }
    for (const field of document.querySelectorAll('[aria-invalid]')) field.removeAttribute('aria-invalid');
  };
  const blame = (name, message) => {
    find(name + '-problem').textContent = message;
    const field = find(name);
    field.setAttribute('aria-invalid', 'true');
    field.focus();
  };
  // A message that begins with the name of a parameter, or says that it is missing, belongs to its field.
  const showProblem = (message, report) => {
    const name = [...names, 'api_key'].find((each) =>
      message.startsWith(each + ' ') || message.startsWith(each + ':') ||
      message.startsWith('Missing required parameter: ' + each));
    if (name) return blame(name, message);
    find('problem').textContent = message;
    if (report) {
      const link = document.createElement('a');
      link.href = linkTo(report);
      link.textContent = words.result;
      find('problem').append(' ', link);
    }
    find('problem').hidden = false;
    find('problem').scrollIntoView({ block: 'nearest' });
  };
  const readMessage = async (response) => {
    try { return (await response.json()).error.message; } catch { return 'HTTP ' + response.status; }
  };

  const body = () => {
    const values = Object.fromEntries(names.map((name) => [name, find(name).value.trim()]));
    for (const name of counts) if (values[name] !== '') values[name] = Number(values[name]);
    for (const name of names) if (values[name] === '') delete values[name];
    const key = find('api_key').value;
    return key === '' ? values : { ...values, api_key: key };
  };
  const check = () => {
    for (const name of names) {
      const field = find(name);
      if (field.checkValidity()) continue;
      blame(name, field.validity.valueMissing ? words.required : field.validationMessage);
      return false;
    }
    return true;
  };

  const seconds = (value) => (value === null ? '–' : value.toFixed(3) + ' s');
  const showProgress = (progress) => {
    find('bar').max = progress.total;
    find('bar').value = progress.done;
    find('done').textContent = fill(words.running, progress);
    find('pace').textContent = fill(words.pace, {
      elapsed: progress.elapsed_s.toFixed(1),
      rps: progress.requests_per_second === null ? '–' : progress.requests_per_second.toFixed(1),
    });
    find('times').textContent = fill(words.times, {
      ttft: seconds(progress.ttft_p50_s),
      latency: seconds(progress.latency_p50_s),
    });
  };
  const show = (isRunning) => {
    const isLost = !isRunning && document.activeElement === find('cancel');
    find('running').hidden = !isRunning;
    find('start').disabled = isRunning;
    if (isRunning) find('cancel').focus();
    else if (isLost) find('start').focus({ preventScroll: true });
  };

  async function* readEvents(response) {
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      text += value;
      let end;
      while ((end = text.indexOf('\\n\\n')) !== -1) {
        const lines = text.slice(0, end).split('\\n');
        text = text.slice(end + 2);
        const pick = (name) => lines.filter((line) => line.startsWith(name)).map((line) => line.slice(name.length)).join('\\n');
        const data = pick('data: ');
        if (data !== '') yield { name: pick('event: '), data: JSON.parse(data) };
      }
    }
  }

  // The server ends a benchmark whose request is gone, so that it is cancelled by name.
  const follow = async (response) => {
    if (!response.ok) return showProblem(await readMessage(response));
    show(true);
    for await (const { name, data } of readEvents(response)) {
      if (name === 'started') running = data;
      else if (name === 'progress') showProgress(data);
      else if (name === 'result') {
        running = undefined;
        return location.assign(linkTo(data.report_url));
      }
      else if (name === 'error') {
        if (data.error.id) showEarlier();
        return showProblem(data.error.message, data.error.report_url);
      }
    }
    showProblem(words.lost);
  };
  const run = async (ask) => {
    try {
      await follow(await ask());
    } catch {
      showProblem(words.lost);
    } finally {
      running = undefined;
      show(false);
    }
  };
  const headers = { 'content-type': 'application/json', accept: 'text/event-stream' };

  form.addEventListener('submit', (event) => {
    event.preventDefault();
    clearProblems();
    if (!check()) return;
    remember();
    find('start').disabled = true;
    run(() => fetch('/v1/benchmark', { method: 'POST', headers, body: JSON.stringify(body()) }));
  });
  find('cancel').addEventListener('click', () => {
    if (running) fetch('/v1/benchmark/' + running.id, { method: 'DELETE' }).catch(() => {});
  });
  let asking = 0;
  const askModels = async (asked) => {
    const current = ++asking;
    const response = await fetch('/v1/models', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(asked),
    });
    if (!response.ok) throw new Error(await readMessage(response));
    const { data } = await response.json();
    if (current === asking) {
      find('models').replaceChildren(...data.map(({ id }) => {
        const option = document.createElement('option');
        option.value = id;
        return option;
      }));
    }
    return data;
  };
  find('list-models').addEventListener('click', async () => {
    clearProblems();
    const { api_url, api_key } = body();
    try {
      const [first, ...more] = await askModels({ api_url, api_key });
      if (first && find('model').value === '') find('model').value = first.id;
      find('model-problem').classList.toggle('told', first !== undefined);
      find('model-problem').textContent = first ? fill(words.models, { count: more.length + 1 }) : words.noModels;
    } catch (error) {
      showProblem(error instanceof TypeError ? words.lost : error.message);
    }
  });
  // Unasked, a list is offered where there is one; no target gets a key that was typed for another.
  find('api_url').addEventListener('change', () => {
    find('models').replaceChildren();
    if (readUrl()) askModels({ api_url: find('api_url').value.trim() }).catch(() => {});
  });
  find('backend').addEventListener('change', setPort);
  find('api_url').addEventListener('input', showPlace);

  const showEarlier = async () => {
    try {
      const { data, running: current } = await (await fetch('/v1/benchmarks')).json();
      if (data.length > 0) {
        find('earlier').replaceChildren(...data.map((each) => {
          const line = document.createElement('li');
          const link = document.createElement('a');
          link.href = linkTo(each.report_url);
          link.textContent = new Date(each.started_at).toLocaleString(document.documentElement.lang);
          const { model, number, parallel } = each.parameters;
          line.append(link, ' ' + words.statuses[each.status] + ' · ' + model + ' · ' + number + ' / ' + parallel);
          return line;
        }));
      }
      return current;
    } catch {}
  };

  // Who leaves cancels, and is asked before.
  addEventListener('beforeunload', (event) => {
    if (running) event.preventDefault();
  });

  recall();
  showPlace();
  showEarlier().then((current) => {
    // A page that is loaded again shows the benchmark that goes on.
    if (current) run(() => fetch('/v1/benchmark/' + current.id, { headers: { accept: 'text/event-stream' } }));
  });
})();
`
