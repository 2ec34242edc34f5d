// The editors' desk: view choices, the frame of the mail, live reload, keys. To
// look, the page is whole without it; what editors change is in preview-edit.js.
'use strict';

const root = document.documentElement;
const $ = (selector, from = document) => from.querySelector(selector);
const $$ = (selector, from = document) => [...from.querySelectorAll(selector)];

// Choices: attributes of <html> which the style sheet acts on. They are kept
// for the tab, so that another edition opens in the same view, and they are
// restored here, before the first paint.

const kept = 'newsdesk.preview';
const restored = () => {
  try {
    return JSON.parse(sessionStorage.getItem(kept)) || {};
  } catch {
    return {};
  }
};
const choices = Object.assign(innerWidth < 800 ? { width: 'phone' } : {}, restored());
for (const [name, value] of Object.entries(choices)) root.dataset[name] = value;

function choose(name, value) {
  if (root.dataset[name] === value) return;
  root.dataset[name] = choices[name] = value;
  try {
    sessionStorage.setItem(kept, JSON.stringify(choices));
  } catch {
    // Without storage the choice lasts as long as the page.
  }
  showChoices();
  if (name === 'images' || name === 'scheme') loadFrame();
  if (name === 'against' || name === 'compare' || name === 'view') showChanges();
  if (name === 'view') showPanel();
  fit(true);
}

function toggle(pair) {
  const [name, values] = pair.split('=');
  const [on, off] = values.split('/');
  choose(name, root.dataset[name] === on ? off : on);
}

// fold opens the pane at the right with one of its sides where it is folded away, or
// closes it.
function fold(side) {
  const open = root.dataset.drawer === 'open' && root.dataset.side === side;
  choose('side', side);
  choose('drawer', open ? 'closed' : 'open');
}

function showChoices() {
  for (const button of $$('[data-fold]')) {
    button.setAttribute('aria-expanded', root.dataset.drawer === 'open' && root.dataset.side === button.dataset.fold);
  }
  for (const button of $$('[data-set]')) {
    const [name, value] = button.dataset.set.split('=');
    if (button.hasAttribute('aria-pressed') || button.closest('.tabs')) {
      const [other, also] = (button.dataset.also || 'pane=' + root.dataset.pane).split('=');
      button.setAttribute('aria-pressed', root.dataset[name] === value && root.dataset[other] === also);
    }
  }
  for (const button of $$('[data-toggle]')) {
    const [name, values] = button.dataset.toggle.split('=');
    button.setAttribute('aria-pressed', root.dataset[name] === values.split('/')[0]);
  }
}

// The frame is as high as its mail, so that the canvas scrolls, not the frame:
// a new version of the mail then comes in where the old one was being read.

const sheet = () => $('.sheet');
const frame = () => $('.sheet iframe:not(.coming)');

// The width is desktop, phone or a number of pixels.
function wanted(room) {
  const name = root.dataset.width;
  if (name === 'phone') return 375;
  if (name === 'desktop') return Math.max(640, Math.min(760, room));
  return Math.max(280, Math.min(1000, Number(name) || 640));
}

function fit(keepPlace) {
  const paper = sheet();
  const doc = frame()?.contentDocument;
  if (!paper || !doc?.body || !paper.offsetParent) return;
  const canvas = $('.canvas');
  const place = canvas.scrollTop / canvas.scrollHeight;
  const style = getComputedStyle(paper.parentElement);
  const room = canvas.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
  const narrow = root.dataset.width === 'phone' ? Math.min(375, room) : wanted(room);
  const scale = Math.min(1, room / narrow);
  for (const each of $$('iframe', paper)) {
    each.style.width = narrow + 'px';
    each.style.height = '1px'; // or a mail that became shorter would keep the height
    each.style.transform = scale < 1 ? `scale(${scale})` : '';
    each.style.height = (each.contentDocument?.documentElement?.scrollHeight || 0) + 'px';
  }
  paper.style.width = narrow * scale + 'px';
  paper.style.height = Math.max(120, frame().offsetHeight * scale) + 'px';
  const handle = $('.handle');
  handle.style.left = Math.min(paper.offsetLeft + paper.offsetWidth, paper.parentElement.clientWidth - 16) + 'px';
  handle.setAttribute('aria-valuenow', Math.round(narrow));
  handle.setAttribute('aria-valuetext', Math.round(narrow) + ' pixels');
  $('.width').textContent = Math.round(narrow) + ' px' + (scale < 1 ? ', shown at ' + Math.round(scale * 100) + ' %' : '');
  if (keepPlace) canvas.scrollTop = place * canvas.scrollHeight;
}

// Any width by the handle: dragged, or with the arrow keys.

function widen(by) {
  choose('width', String(Math.round(Math.max(280, Math.min(1000, frame().offsetWidth + by)))));
}

function dragWidth(event) {
  const handle = event.target.closest('.handle');
  if (!handle || event.button) return;
  event.preventDefault();
  handle.setPointerCapture(event.pointerId);
  const middle = sheet().getBoundingClientRect().left + sheet().offsetWidth / 2;
  const offset = event.clientX - sheet().getBoundingClientRect().right;
  const move = (e) => choose('width', String(Math.round(Math.max(280, Math.min(1000, 2 * (e.clientX - offset - middle))))));
  handle.addEventListener('pointermove', move);
  handle.addEventListener('lostpointercapture', () => handle.removeEventListener('pointermove', move), { once: true });
}

// loadFrame puts the mail anew into a second frame and shows it when it is
// there, so nothing flickers.
function loadFrame() {
  const paper = sheet();
  if (!paper) return;
  for (const stale of $$('.coming', paper)) stale.remove();
  const next = $('iframe', paper).cloneNode();
  next.className = 'coming';
  const url = new URL(paper.dataset.frame, location);
  if (root.dataset.images === 'off') url.searchParams.set('images', 'off');
  if (root.dataset.scheme === 'inverted') url.searchParams.set('scheme', 'inverted');
  next.src = url.href;
  paper.append(next);
  showFrame(next);
}

function showFrame(next) {
  next.addEventListener('load', () => {
    if (next.contentDocument) return fit();
    if (next.isConnected) setTimeout(loadFrame, 1000); // the browser's own page: the desk was not reached
  });
  whenThere(next, () => {
    // One that is coming was asked for later: it stays.
    next.classList.remove('coming');
    for (const old of $$('.sheet iframe:not(.coming)')) if (old !== next) old.remove();
    fit();
    next.contentDocument.addEventListener('keydown', press); // when the mail has the focus
  });
}

// whenThere calls back once the frame's document is parsed; its images, which
// may be slow, come later.
function whenThere(element, then) {
  const wait = setInterval(() => {
    if (!element.isConnected) return clearInterval(wait);
    const doc = element.contentDocument;
    if (!doc || doc.readyState === 'loading' || doc.URL !== element.src) return;
    clearInterval(wait);
    then();
  }, 5);
}

// find scrolls to the story of a URL and shows where it is.
function find(...urls) {
  choose('view', 'mail');
  choose('pane', 'mail');
  const links = [...frame()?.contentDocument?.links || []];
  const link = links.find((l) => urls.some((url) => url && l.href === new URL(url, location).href));
  if (link) mark(link.closest('table') || link);
}

// mark frames an element of the mail and scrolls to it. It stays until stay is
// over: a moment, or until something else is marked.
function mark(element, stay) {
  unmark();
  const box = element.getBoundingClientRect();
  const scale = sheet().offsetWidth / frame().offsetWidth;
  const spot = document.createElement('div');
  spot.className = stay ? 'spot stay' : 'spot';
  for (const [side, value] of [['left', box.left], ['top', box.top], ['width', box.width], ['height', box.height]]) {
    spot.style[side] = value * scale + 'px';
  }
  sheet().append(spot);
  if (!stay) spot.addEventListener('animationend', () => spot.remove());
  const quiet = matchMedia('(prefers-reduced-motion: reduce)').matches;
  $('.canvas').scrollBy({ top: spot.getBoundingClientRect().top - 96, behavior: quiet ? 'auto' : 'smooth' });
}

function unmark() {
  for (const spot of $$('.spot')) spot.remove();
  for (const line of $$('.lit')) line.classList.remove('lit');
  const lens = $('.lens');
  if (lens) lens.hidden = true;
}

// point shows what a finding is about: the element in the picture with its line
// of the source below, or the line alone if there is nothing to see.
async function point({ line, partName, tag, nth }) {
  choose('pane', 'mail');
  choose('drawer', 'closed');
  unmark();
  if (partName === 'text') return choose('view', 'text');
  const element = tag ? frame()?.contentDocument?.getElementsByTagName(tag)[nth] : null;
  const box = element?.getBoundingClientRect();
  if (box?.width > 0 && box.height > 0) {
    choose('view', 'mail');
    mark(element, true);
    return showLens(line);
  }
  choose('view', 'source');
  await showPanel('source');
  const row = partName === 'html' ? sourceLine(line) : null;
  row?.classList.add('lit');
  (row || $('.view-source')).scrollIntoView({ block: row ? 'center' : 'start' });
}

const sourceLine = (line) => (line > 0 ? $(`.view-source ol li:nth-child(${Number(line)})`) : null);

async function showLens(line) {
  const lens = $('.lens');
  $('[data-lens-line]', lens).textContent = 'Line ' + line;
  lens.dataset.line = line;
  lens.hidden = false;
  await showPanel('source');
  $('code', lens).textContent = sourceLine(line)?.textContent.trim() || '';
}

// Live reload: the server tells the version of what it would show. The page is
// then fetched anew, and only the parts that differ are put in.

let version = '';
let refreshing = null;
let again = false;
const sent = new WeakMap(); // what a part was when it came, before scripts changed it

function refresh() {
  if ('dragging' in root.dataset) {
    again = true; // dragging ends with another
    return;
  }
  again = refreshing !== null;
  refreshing ??= fetchParts()
    .catch(() => status('lost', 'Desk not reached'))
    .finally(() => {
      refreshing = null;
      if (again) refresh();
    });
}

let saved = 0; // what was written to the edition's file from here

async function fetchParts() {
  const before = saved;
  const response = await fetch(location.href, { cache: 'no-store' });
  if (response.redirected) return location.replace(response.url);
  const page = new DOMParser().parseFromString(await response.text(), 'text/html');
  if (saved !== before) return; // made before that was written, whose own refresh comes next
  const fresh = page.documentElement.dataset.version;
  if (!fresh) return location.reload(); // not the desk's own page: show what it is
  if ('dragging' in root.dataset) return void (again = true);
  $('meta[name=token]').content = $('meta[name=token]', page).content; // a restarted desk has another
  const hash = sheet()?.dataset.hash;
  const coming = $('.sheet', page);
  const replaced = sheet() && coming && coming.dataset.hash !== hash;
  if (replaced) { // before the rest: while that is put in, the mail is on its way
    Object.assign(sheet().dataset, coming.dataset);
    unmark();
    loadFrame();
  }
  for (const part of $$('[data-part]')) {
    const next = $(`[data-part="${part.dataset.part}"]`, page);
    if (!next || sent.get(part) === next.innerHTML) continue;
    sent.set(part, next.innerHTML);
    if (part.dataset.part === 'mail') replaceMail(part, next);
    else replacePart(part, next);
  }
  document.title = page.title;
  version = root.dataset.version = fresh;
  root.dataset.shown = fresh;
  showChoices();
  const same = hash === sheet()?.dataset.hash;
  if (!same && !replaced) {
    unmark();
    loadFrame();
  }
  if (!same) showChanges();
  showPanel();
  document.dispatchEvent(new Event('desk:fresh'));
  tell(same);
}

function tell(same) {
  const time = new Date().toLocaleTimeString([], { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' });
  if ($('.problem')) status('broken', 'Needs attention');
  else status('live', (same ? 'Checked ' : 'Updated ') + time);
}

// replacePart puts in what is new and keeps what is the editor's: lists that are
// open, the place of the cursor, and texts that are being written.
function replacePart(part, next) {
  const open = new Map($$('details[data-id]', part).map((d) => [d.dataset.id, d.open]));
  const rows = new Set($$('[data-open][aria-expanded=true]', part).map((b) => b.closest('[data-article]').dataset.article));
  const focused = part.contains(document.activeElement) ? document.activeElement : null;
  const name = focused && fieldName(focused);
  const cursor = focused && 'selectionStart' in focused ? [focused.selectionStart, focused.selectionEnd] : null;
  for (const own of $$('[data-keep][id]', part)) next.querySelector('#' + own.id)?.replaceWith(own);
  for (const own of $$('[data-field]', part)) {
    if (own !== focused && !own.dataset.dirty) continue;
    const twin = $$('[data-field]', next).find((f) => fieldName(f) === fieldName(own));
    if (!twin) continue;
    if (!own.dataset.dirty && own.value !== twin.value) own.value = twin.value;
    twin.replaceWith(own);
  }
  part.replaceChildren(...next.childNodes);
  for (const d of $$('details[data-id]', part)) if (open.has(d.dataset.id)) d.open = open.get(d.dataset.id);
  for (const b of $$('[data-open]', part)) if (rows.has(b.closest('[data-article]').dataset.article)) openRow(b);
  if (!focused) return;
  const again = focused.isConnected ? focused : $$('button, input, textarea, select, summary', part).find((e) => fieldName(e) === name);
  again?.focus({ preventScroll: true });
  if (cursor && again === focused) again.setSelectionRange?.(...cursor);
}

// fieldName tells elements apart across two versions of the page.
const fieldName = (e) => [e.id, e.closest('[data-article]')?.dataset.article, e.dataset.field, e.name, e.type === 'checkbox' && e.value, e.dataset.act,
  'grip' in e.dataset, 'find' in e.dataset, e.closest('details')?.dataset.id].join();

function openRow(button) {
  const editor = $('.editor', button.closest('.row'));
  editor.hidden = !editor.hidden;
  button.setAttribute('aria-expanded', String(!editor.hidden));
  return !editor.hidden;
}

// replaceMail keeps the sheet with its frame, whose mail is replaced only when
// the new one is there.
function replaceMail(part, next) {
  const [old, coming] = [$('.sheet', part), $('.sheet', next)];
  if (!old || !coming) {
    replacePart(part, next);
    return;
  }
  Object.assign(old.dataset, coming.dataset);
  for (const own of $$('[data-keep][id]', part)) next.querySelector('#' + own.id)?.replaceWith(own);
  for (const view of $$('.view:not(.view-mail, [data-lazy])', part)) {
    view.replaceChildren(...$('.' + view.classList[1], next).childNodes);
  }
}

// showPanel fetches what a view shows of this version of the mail, unless it is
// there.
async function showPanel(name = root.dataset.view) {
  const view = $(`.view-${name}[data-lazy]`);
  const hash = sheet()?.dataset.hash;
  if (!view || !hash || view.dataset.lazy === hash) return;
  const response = await fetch(base() + '/panel/' + name + location.search).catch(() => null);
  if (!response?.ok) return status('lost', 'Desk not reached');
  const page = new DOMParser().parseFromString(await response.text(), 'text/html');
  if (sheet()?.dataset.hash !== hash) return showPanel(name);
  view.replaceChildren(...page.body.childNodes);
  view.dataset.lazy = hash;
}

// showChanges fetches the comparison with another version, when it is looked at.
async function showChanges() {
  const box = $('#changes');
  if (!box || root.dataset.view !== 'changes') return;
  const url = new URL(base() + '/changes' + location.search, location);
  url.searchParams.set('against', root.dataset.against || 'sent');
  url.searchParams.set('part', root.dataset.compare || 'text');
  const page = new DOMParser().parseFromString(await (await fetch(url)).text(), 'text/html');
  $('#changes').replaceChildren(...page.body.childNodes);
}

const base = () => $('[data-base]').dataset.base;

function status(state, text) {
  const line = $('.status');
  line.dataset.status = state;
  $('[data-status-text]', line).textContent = text;
}

// tellLost says wherever one is on the page that nothing is saved for now. A break
// that is over at once is not told.
let losing = 0;

function tellLost(lost) {
  if (lost) {
    losing ||= setTimeout(() => $('.lost').append($('[data-lost]').content.cloneNode(true)), 1500);
    return;
  }
  clearTimeout(losing);
  losing = 0;
  $('.lost').replaceChildren();
}

function listen() {
  let lost = false;
  const events = new EventSource('/events');
  document.dispatchEvent(new CustomEvent('desk:listen', { detail: events }));
  events.addEventListener('desk', (event) => {
    // After a break the version may belong to another run of the preview.
    if (lost) document.dispatchEvent(new Event('desk:back'));
    if (event.data !== version || lost) refresh();
    else status($('.problem') ? 'broken' : 'live', $('.problem') ? 'Needs attention' : 'Live');
    lost = false;
    tellLost(false);
  });
  events.addEventListener('error', () => {
    lost = true;
    status('lost', 'Not running, waiting');
    tellLost(true);
  });
  addEventListener('pagehide', () => events.close());
  addEventListener('pageshow', (event) => event.persisted && location.reload());
}

// Whom the mail is shown as is in the URL. The page stays, so that one topic can be
// chosen after another.

function seenBy(form) {
  const query = new URLSearchParams();
  if (form.get('topics')) query.set('topics', form.getAll('topics').join());
  if (form.get('language')) query.set('language', form.get('language'));
  history.pushState(null, '', base() + (query.size ? '?' + query : ''));
  refresh();
}

// Keys.

const views = ['mail', 'text', 'inbox', 'source', 'clients', 'changes'];
const keys = {
  w: () => choose('width', root.dataset.width === 'phone' ? 'desktop' : 'phone'),
  ',': () => widen(-20),
  '.': () => widen(20),
  d: () => toggle('scheme=dark/light'),
  v: () => toggle('scheme=inverted/light'),
  i: () => toggle('images=on/off'),
  c: () => fold('checks'),
  m: () => $('[data-key="message"]')?.click(),
  n: () => nextFinding(),
  '[': () => $('[data-key="older"]')?.click(),
  ']': () => $('[data-key="newer"]')?.click(),
  '?': () => $('.keys').showModal(),
  Escape: () => {
    choose('drawer', 'closed');
    unmark();
  },
};
views.forEach((view, at) => (keys[at + 1] = () => choose('view', view)));

let finding = -1;

function nextFinding() {
  const all = $$('.point');
  if (!all.length) return;
  finding = (finding + 1) % all.length;
  for (let list = all[finding].closest('details'); list; list = list.parentElement.closest('details')) list.open = true;
  all[finding].scrollIntoView({ block: 'nearest' });
  point(all[finding].dataset);
}

function press(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || $('dialog[open]')) return;
  if (event.target.closest?.('input, select, textarea')) return;
  if (event.target.closest?.('.handle') && /^Arrow(Left|Right)$/.test(event.key)) {
    event.preventDefault();
    return widen(event.key === 'ArrowLeft' ? -10 : 10);
  }
  const act = keys[event.key];
  if (!act) return;
  event.preventDefault();
  act();
}

document.addEventListener('DOMContentLoaded', () => {
  version = root.dataset.version;
  root.dataset.against ??= 'sent';
  root.dataset.compare ??= 'text';
  for (const part of $$('[data-part]')) sent.set(part, part.innerHTML);
  showChoices();
  document.addEventListener('keydown', press);
  document.addEventListener('pointerdown', dragWidth);
  document.addEventListener('click', (event) => {
    const button = event.target.closest('button');
    if (!button) return;
    const { set, toggle: pair, find: url, findToo, keys: dialog, line } = button.dataset;
    if (button.dataset.also) choose(...button.dataset.also.split('='));
    if (set) choose(...set.split('='));
    if (pair) toggle(pair);
    if (button.dataset.fold) fold(button.dataset.fold);
    if (url !== undefined) find(url, findToo);
    if (dialog !== undefined) $('.keys').showModal();
    if (line !== undefined) point(button.dataset);
    if ('lensSource' in button.dataset) point({ line: $('.lens').dataset.line, partName: 'html' });
  });
  document.addEventListener('change', (event) => {
    const { id, value, form } = event.target;
    if (id === 'week') location.assign('/edition/' + event.target.dataset.digest + '/' + encodeURIComponent(value));
    if (id === 'digest') location.assign('/edition/' + encodeURIComponent(value) + '/');
    if (form?.matches('.seen')) seenBy(new FormData(form));
  });
  addEventListener('popstate', refresh);
  afterPaint(() => {
    new ResizeObserver(() => fit()).observe($('.canvas'));
    if (root.dataset.images === 'off' || root.dataset.scheme === 'inverted') loadFrame();
    else if (frame()) showFrame(frame());
    showChanges();
    showPanel();
    listen();
  });
});

// afterPaint does what need not keep the page from being seen. In a tab that is not
// looked at nothing is painted.
function afterPaint(then) {
  if (document.hidden) setTimeout(then);
  else requestAnimationFrame(() => setTimeout(then));
}
