// The editors' preview: view choices, the frame of the mail, live reload, keys.
// The page is whole without it; this file adds what a page cannot do alone.
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
  if (name === 'images') loadFrame();
  fit(true);
}

function toggle(pair) {
  const [name, values] = pair.split('=');
  const [on, off] = values.split('/');
  choose(name, root.dataset[name] === on ? off : on);
}

function showChoices() {
  for (const button of $$('[data-set]')) {
    const [name, value] = button.dataset.set.split('=');
    if (button.hasAttribute('aria-pressed') || button.closest('.tabs')) {
      button.setAttribute('aria-pressed', root.dataset[name] === value);
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

function fit(keepPlace) {
  const paper = sheet();
  const doc = frame()?.contentDocument;
  if (!paper || !doc?.body || !paper.offsetParent) return;
  const canvas = $('.canvas');
  const place = canvas.scrollTop / canvas.scrollHeight;
  const style = getComputedStyle(paper.parentElement);
  const room = canvas.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
  const phone = root.dataset.width === 'phone';
  const width = phone ? Math.min(375, room) : Math.max(640, Math.min(760, room));
  const scale = Math.min(1, room / width);
  for (const each of $$('iframe', paper)) {
    each.style.width = width + 'px';
    each.style.height = '1px'; // or a mail that became shorter would keep the height
    each.style.transform = scale < 1 ? `scale(${scale})` : '';
    each.style.height = (each.contentDocument?.documentElement?.scrollHeight || 0) + 'px';
  }
  paper.style.width = width * scale + 'px';
  paper.style.height = Math.max(120, frame().offsetHeight * scale) + 'px';
  if (keepPlace) canvas.scrollTop = place * canvas.scrollHeight;
}

// loadFrame puts the mail anew into a second frame and shows it when it is
// there, so nothing flickers.
function loadFrame() {
  const paper = sheet();
  if (!paper) return;
  for (const stale of $$('.coming', paper)) stale.remove();
  const next = $('iframe', paper).cloneNode();
  next.className = 'coming';
  next.src = paper.dataset.frame + (root.dataset.images === 'off' ? '?images=off' : '');
  paper.append(next);
  showFrame(next);
}

function showFrame(next) {
  next.addEventListener('load', () => fit());
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
  }, 20);
}

// find scrolls to the story of a URL and shows where it is.
function find(...urls) {
  choose('view', 'mail');
  choose('pane', 'mail');
  const links = [...frame()?.contentDocument?.links || []];
  const link = links.find((l) => urls.some((url) => url && l.href === new URL(url, location).href));
  if (!link) return;
  const box = (link.closest('table') || link).getBoundingClientRect();
  const scale = sheet().offsetWidth / frame().offsetWidth;
  const spot = document.createElement('div');
  spot.className = 'spot';
  for (const [side, value] of [['left', box.left], ['top', box.top], ['width', box.width], ['height', box.height]]) {
    spot.style[side] = value * scale + 'px';
  }
  sheet().append(spot);
  spot.addEventListener('animationend', () => spot.remove());
  const quiet = matchMedia('(prefers-reduced-motion: reduce)').matches;
  $('.canvas').scrollBy({ top: spot.getBoundingClientRect().top - 96, behavior: quiet ? 'auto' : 'smooth' });
}

// Live reload: the server tells the version of what it would show. The page is
// then fetched anew, and only the parts that differ are put in.

let version = '';
let refreshing = null;
let again = false;

function refresh() {
  again = refreshing !== null;
  refreshing ??= fetchParts()
    .catch(() => status('lost', 'Preview not reached'))
    .finally(() => {
      refreshing = null;
      if (again) refresh();
    });
}

async function fetchParts() {
  const response = await fetch(location.href, { cache: 'no-store' });
  if (response.redirected) return location.replace(response.url);
  const page = new DOMParser().parseFromString(await response.text(), 'text/html');
  const fresh = page.documentElement.dataset.version;
  if (!fresh) return location.reload(); // not the preview's own page: show what it is
  const hash = sheet()?.dataset.hash;
  for (const part of $$('[data-part]')) {
    const next = $(`[data-part="${part.dataset.part}"]`, page);
    if (next && part.dataset.part === 'mail') replaceMail(part, next);
    else if (next && source(part) !== source(next)) replacePart(part, next);
  }
  document.title = page.title;
  version = root.dataset.version = fresh;
  showChoices();
  const same = hash === sheet()?.dataset.hash;
  if (!same) loadFrame();
  const time = new Date().toLocaleTimeString([], { hour: '2-digit', minute: '2-digit', second: '2-digit' });
  if ($('.problem')) status('broken', 'Needs attention');
  else status('live', (same ? 'Checked ' : 'Updated ') + time);
}

// source is a part's HTML as the server sent it, without what this script has
// changed: which lists are open.
const source = (part) => part.innerHTML.replaceAll(/(<details[^>]*?) open=""/g, '$1');

function replacePart(part, next) {
  const open = new Map($$('details[data-id]', part).map((d) => [d.dataset.id, d.open]));
  const focused = part.contains(document.activeElement) ? document.activeElement.id : '';
  part.replaceChildren(...next.childNodes);
  for (const d of $$('details[data-id]', part)) if (open.has(d.dataset.id)) d.open = open.get(d.dataset.id);
  if (focused) document.getElementById(focused)?.focus();
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
  for (const view of $$('.view:not(.view-mail)', part)) {
    view.replaceChildren(...$('.' + view.classList[1], next).childNodes);
  }
}

function status(state, text) {
  const line = $('.status');
  line.dataset.status = state;
  $('[data-status-text]', line).textContent = text;
}

function listen() {
  let lost = false;
  const events = new EventSource('/events');
  events.addEventListener('desk', (event) => {
    // After a break the version may belong to another run of the preview.
    if (event.data !== version || lost) refresh();
    else status($('.problem') ? 'broken' : 'live', $('.problem') ? 'Needs attention' : 'Live');
    lost = false;
  });
  events.addEventListener('error', () => {
    lost = true;
    status('lost', 'Not running, waiting');
  });
  addEventListener('pagehide', () => events.close());
  addEventListener('pageshow', (event) => event.persisted && location.reload());
}

// Keys.

const views = ['mail', 'text', 'inbox', 'source'];
const keys = {
  w: () => toggle('width=phone/desktop'),
  d: () => toggle('scheme=dark/light'),
  i: () => toggle('images=on/off'),
  c: () => toggle('drawer=open/closed'),
  m: () => $('[data-key="message"]')?.click(),
  '[': () => $('[data-key="older"]')?.click(),
  ']': () => $('[data-key="newer"]')?.click(),
  '?': () => $('.keys').showModal(),
  Escape: () => choose('drawer', 'closed'),
};
views.forEach((view, at) => (keys[at + 1] = () => choose('view', view)));

function press(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || $('dialog[open]')) return;
  if (event.target.closest?.('input, select, textarea')) return;
  const act = keys[event.key];
  if (!act) return;
  event.preventDefault();
  act();
}

document.addEventListener('DOMContentLoaded', () => {
  version = root.dataset.version;
  showChoices();
  document.addEventListener('keydown', press);
  document.addEventListener('click', (event) => {
    const button = event.target.closest('button');
    if (!button) return;
    const { set, toggle: pair, find: url, findToo, keys: dialog } = button.dataset;
    if (set) choose(...set.split('='));
    if (pair) toggle(pair);
    if (url !== undefined) find(url, findToo);
    if (dialog !== undefined) $('.keys').showModal();
  });
  document.addEventListener('change', (event) => {
    if (event.target.id === 'week') location.assign('/edition/' + encodeURIComponent(event.target.value));
  });
  new ResizeObserver(() => fit()).observe($('.canvas'));
  if (root.dataset.images === 'off') loadFrame();
  else if (frame()) showFrame(frame());
  listen();
});
