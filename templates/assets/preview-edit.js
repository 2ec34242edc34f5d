// The editors' desk: what editors decide. Every change is sent at once, with the
// version of the edition's file that it was made from.
'use strict';

const fileHash = () => $('[data-file]')?.dataset.file || '';
const writable = () => $('[data-file]:not([data-broken])') !== null;

async function post(path, fields) {
  const response = await fetch(base() + path, {
    method: 'POST',
    headers: { 'X-Desk-Token': $('meta[name=token]').content },
    body: new URLSearchParams(fields),
  });
  const type = response.headers.get('Content-Type') || '';
  if (!type.startsWith('application/json')) throw new Error((await response.text()).slice(0, 200));
  return { ok: response.ok, ...(await response.json()) };
}

// Writes go one after the other: each knows the version that the one before it
// left.
let queue = Promise.resolve();

function write(fields, path = '', from = null) {
  const done = queue.then(async () => {
    status('waiting', 'Saving…');
    const result = await post(path, { file: from ?? fileHash(), ...fields });
    if (result.ok) {
      saved++;
      const bar = $('[data-file]');
      if (bar && result.file) bar.dataset.file = result.file;
      status('live', result.merged ? 'Saved beside another’s change' : 'Saved');
      refresh();
    } else if (!result.conflict) {
      status('lost', result.error);
      refresh();
    }
    return result;
  }).catch((error) => {
    status('lost', 'Not saved: ' + error.message);
    return { ok: false, lost: true };
  });
  queue = done;
  return done;
}

// change makes a decision; when it clashes with another editor's, asks.
async function change(fields, path) {
  const result = await write(fields, path);
  if (!result.conflict) return result;
  if ((await askClash(result.conflict)) === 'mine') return write(fields, path, result.conflict.file);
  refresh();
  return result;
}

function askClash({ key, mine, theirs }) {
  const dialog = $('.clash');
  $('[data-clash-key]').textContent = key;
  $('[data-clash-mine]').textContent = mine || '(nothing)';
  $('[data-clash-theirs]').textContent = theirs || '(nothing)';
  dialog.returnValue = '';
  dialog.showModal();
  return new Promise((resolve) => dialog.addEventListener('close', () => resolve(dialog.returnValue), { once: true }));
}

// Texts: saved half a second after the last key, and when the field is left.

const timers = new WeakMap();
const froms = new WeakMap(); // the version that a text was begun on

function typed(field) {
  if (!field.dataset.dirty) froms.set(field, fileHash());
  field.dataset.dirty = '1';
  guide(field);
  clearTimeout(timers.get(field));
  if (field.dataset.field !== 'sponsor') timers.set(field, setTimeout(save, 500, field));
}

// guide tells the length while it is being written; without a text of the
// editor's it is that of the rule's.
function guide(field) {
  if (!field.dataset.guide) return;
  const length = [...(field.value.trim() || field.placeholder)].length;
  const step = JSON.parse(field.dataset.guide).find((s) => length <= s.most);
  const note = document.getElementById(field.getAttribute('aria-describedby'));
  note.className = step.bad ? 'note bad' : 'note';
  note.replaceChildren(Object.assign(document.createElement('b'), { textContent: length }), ' characters · ' + step.note);
}

async function save(field) {
  clearTimeout(timers.get(field));
  if (!field.dataset.dirty) return;
  const fields = formOf(field);
  if (fields.do === 'sponsor' && !fields.name && (fields.text || fields.url || fields.image)) {
    return status('waiting', 'The sponsor needs a name');
  }
  const value = field.value;
  let result = await write(fields, '', froms.get(field));
  if (result.conflict) {
    if ((await askClash(result.conflict)) === 'mine') {
      result = await write(fields, '', result.conflict.file);
    } else {
      delete field.dataset.dirty;
      if (fields.do !== 'sponsor') field.value = result.conflict.theirs;
      return refresh();
    }
  }
  if (!result.ok) return;
  if (field.value === value) {
    for (const f of fields.do === 'sponsor' ? $$('[data-field=sponsor]') : [field]) delete f.dataset.dirty;
  } else {
    froms.set(field, result.file);
  }
}

function formOf(field) {
  if (field.dataset.field === 'sponsor') {
    const all = $$('[data-field=sponsor]').map((f) => [f.name, f.value]);
    return { do: 'sponsor', ...Object.fromEntries(all) };
  }
  const article = field.closest('[data-article]')?.dataset.article;
  return { do: field.dataset.field, value: field.value, ...(article && { article }) };
}

// Stories.

const rowOf = (element) => element?.closest?.('li.row');

function act(button) {
  const article = button.closest('[data-article]')?.dataset.article;
  return change({ do: button.dataset.do, ...(article && { article }) });
}

// move puts a row before another of its list, at once on the page and then in
// the file.
function move(row, before) {
  if (before === row || before === row.nextElementSibling) return;
  row.parentElement.insertBefore(row, before);
  return change({ do: 'move', article: row.dataset.article, before: before?.dataset.article || '' });
}

function shift(row, by) {
  if (!$('[data-grip]', row)) return;
  const [up, down] = [row.previousElementSibling, row.nextElementSibling];
  if (by < 0 && up) move(row, up);
  if (by > 0 && down) move(row, down.nextElementSibling);
  $('.story', row).focus();
}

function drag(event) {
  const grip = event.target.closest?.('[data-grip]');
  if (!grip || event.button) return;
  event.preventDefault();
  const row = rowOf(grip);
  const list = row.parentElement;
  const start = event.clientY;
  let before = row.nextElementSibling;
  const home = before;
  root.dataset.dragging = '';
  row.classList.add('dragged');
  grip.setPointerCapture(event.pointerId);
  const mark = Object.assign(document.createElement('li'), { className: 'drop' });
  mark.setAttribute('aria-hidden', 'true');
  const at = (e) => {
    row.style.transform = `translateY(${e.clientY - start}px)`;
    const others = $$('li.row', list).filter((r) => r !== row);
    before = others.find((r) => e.clientY < r.getBoundingClientRect().top + r.offsetHeight / 2) || null;
    list.insertBefore(mark, before);
  };
  const end = (e) => {
    grip.removeEventListener('pointermove', at);
    for (const name of ['pointerup', 'pointercancel']) grip.removeEventListener(name, end);
    row.classList.remove('dragged');
    row.style.transform = '';
    mark.remove();
    delete root.dataset.dragging;
    if (e.type === 'pointerup' && before !== home) move(row, before);
    else refresh();
  };
  grip.addEventListener('pointermove', at);
  for (const name of ['pointerup', 'pointercancel']) grip.addEventListener(name, end);
}

function step(by) {
  const all = $$('.stories .story');
  const here = all.indexOf($('.story', rowOf(document.activeElement) || document.createElement('div')));
  const next = all[Math.max(0, Math.min(all.length - 1, here < 0 ? 0 : here + by))];
  next?.focus();
  next?.scrollIntoView({ block: 'nearest' });
}

// Searches: of an article to add, and of a reader to see the mail as.

const searching = {};

function search(field) {
  const { action } = field.form;
  clearTimeout(searching[field.id]);
  searching[field.id] = setTimeout(async () => {
    const query = new URLSearchParams(location.search);
    query.set('q', field.value);
    const response = await fetch(new URL(action).pathname + '?' + query).catch(() => null);
    if (!response?.ok || $('#' + field.id)?.value !== query.get('q')) return;
    const page = new DOMParser().parseFromString(await response.text(), 'text/html');
    $('#' + field.dataset.found).replaceChildren(...page.body.childNodes);
  }, 120);
}

// Approving and testing.

async function approve(form) {
  const by = $('#by')?.value || '';
  if (by) localStorage.setItem('newsdesk.by', by);
  await change({ do: 'approve', hash: form.dataset.hash, by, override: $('#why')?.value || '' }, '/approve');
}

async function test() {
  const answer = $('#test-answer');
  answer.textContent = 'Sending…';
  const result = await post('/test' + location.search, { to: $('#to').value }).catch((error) => ({ error: error.message }));
  answer.textContent = result.text || result.error;
  answer.classList.toggle('bad', !result.text);
}

// Keys of the stories work where the cursor is in one.

const inRow = (name) => () => $(`[data-act="${name}"]`, rowOf(document.activeElement) || document.createElement('div'))?.click();
Object.assign(keys, {
  j: () => step(1),
  k: () => step(-1),
  l: inRow('l'),
  p: inRow('p'),
  x: inRow('x'),
  e: inRow('e'),
  s: () => showField('#f-subject'),
  '/': () => showField('#search'),
  r: () => showField('#reader'),
  u: () => $('[data-key=undo]')?.click(),
  U: () => $('[data-key=redo]')?.click(),
  a: () => {
    choose('drawer', 'open');
    choose('pane', 'checks');
    ($('#by') || $('[data-key=approve]'))?.focus();
  },
});

// fillName puts the editor's name where it is asked for.
function fillName() {
  if ($('#by') && document.activeElement !== $('#by')) $('#by').value ||= localStorage.getItem('newsdesk.by') || '';
}

function showField(name) {
  choose('pane', 'edition');
  $(name)?.focus();
}

document.addEventListener('DOMContentLoaded', () => {
  fillName();
  document.addEventListener('pointerdown', drag);
  document.addEventListener('click', (event) => {
    const button = event.target.closest('button');
    if (!button) return;
    if (button.dataset.do) act(button);
    if ('open' in button.dataset && openRow(button)) $('.editor input', rowOf(button)).focus();
    if ('withdraw' in button.dataset) change({ do: 'withdraw' }, '/approve');
    if ('showApproved' in button.dataset) {
      choose('against', 'approved');
      choose('view', 'changes');
      choose('pane', 'mail');
    }
  });
  document.addEventListener('input', (event) => {
    if (event.target.dataset.field) typed(event.target);
    if (event.target.dataset.found) search(event.target);
  });
  document.addEventListener('focusin', (event) => {
    if (event.target.id === 'reader' && !$('#readers').hasChildNodes()) search(event.target); // the segments
  });
  document.addEventListener('change', (event) => event.target.dataset.field && save(event.target));
  document.addEventListener('submit', (event) => {
    const form = event.target;
    if (form.method === 'dialog') return;
    if (form.matches('[data-approve], [data-test], .search')) event.preventDefault();
    if ('approve' in form.dataset) approve(form);
    if ('test' in form.dataset) test();
  });
  document.addEventListener('keydown', (event) => {
    const field = event.target.closest?.('[data-oneline]');
    if (field && event.key === 'Enter') {
      event.preventDefault(); // these are of one line
      save(field);
    }
    if (event.key === 'Escape' && event.target.closest?.('input, textarea')) event.target.blur();
    const row = rowOf(event.target);
    if (row && event.altKey && /^Arrow(Up|Down)$/.test(event.key) && !event.target.closest('.editor')) {
      event.preventDefault();
      shift(row, event.key === 'ArrowUp' ? -1 : 1);
    }
  });
  document.addEventListener('desk:fresh', () => {
    fillName();
    if ($('#search')?.value) search($('#search'));
    for (const field of $$('[data-guide]')) if (field.dataset.dirty) guide(field);
  });
  document.addEventListener('desk:back', () => $$('[data-dirty]').forEach(save));
  addEventListener('beforeunload', (event) => $('[data-dirty]') && event.preventDefault());
});
