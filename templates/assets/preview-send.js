// The editors' desk: sending. Every button asks the server, which decides; how far
// sending is comes as an event.
'use strict';

const editorName = () => $('#by')?.value || localStorage.getItem('newsdesk.by') || '';

async function steer(fields) {
  const result = await post('/send', fields).catch((error) => ({ error: error.message }));
  refresh();
  return result;
}

// Buttons that can't be undone open a dialog, which the panel brings as a template.

function openSend(button) {
  const step = button.dataset.send;
  const template = $(`template[data-confirm="${step}"]`);
  if (!template) return actNow(button, step);
  const dialog = $('.send-dialog');
  dialog.replaceChildren(template.content.cloneNode(true));
  const by = $('[name=by]', dialog);
  if (by) by.value = editorName();
  dialog.returnValue = '';
  dialog.showModal();
}

async function actNow(button, step) {
  button.disabled = true;
  const result = await steer({ do: step, by: editorName() });
  if (result.ok) return say(button.textContent + ': done');
  button.disabled = false;
  status('lost', result.error);
  say(result.error);
}

async function submitSend(form) {
  const go = $('.strong', form);
  if (go.disabled) return; // pressed twice
  go.disabled = true;
  const fields = Object.fromEntries(new FormData(form));
  if (fields.by) localStorage.setItem('newsdesk.by', fields.by);
  fields.by ||= editorName();
  if (form.dataset.hash) fields.hash = form.dataset.hash;
  const result = await steer({ do: form.dataset.sendForm, ...fields });
  if (result.ok) return $('.send-dialog').close();
  $('.send-answer', form).textContent = result.error;
  go.disabled = false;
}

// What is said here is read aloud.
function say(text) {
  $('#send-says').textContent = text;
}

// An edition that changes while its dialog is open is not the one that was asked
// about. The server would refuse it; here it is told at once.
function recheck() {
  const form = $('.send-dialog[open] form[data-hash]');
  const now = $('template[data-confirm="' + form?.dataset.sendForm + '"]')?.content.querySelector('form');
  if (!form || now?.dataset.hash === form.dataset.hash) return;
  $('.strong', form).disabled = true;
  $('.send-answer', form).textContent = now
    ? 'The edition has changed while this was open. Close this, look at it again, then send it.'
    : 'It is being sent already.';
}

let phase = '';

function progress(event) {
  const mine = JSON.parse(event.data).find((e) => e.edition === base());
  const live = $('[data-send-live]');
  if (!mine || !live) return;
  live.innerHTML = mine.html; // made by the desk's own template, which escapes
  const tag = $('[data-send-tag]');
  if (tag) tag.textContent = mine.tag;
  if (phase && phase !== mine.phase) say(mine.tag);
  phase = mine.phase;
}

function showSend() {
  choose('side', 'send');
  choose('drawer', 'open');
  choose('pane', 'checks');
}

keys.g = () => {
  showSend();
  $('.send [data-send]:not(:disabled)')?.focus();
};
keys.c = () => fold('checks');

document.addEventListener('desk:listen', (event) => event.detail.addEventListener('send', progress));

document.addEventListener('DOMContentLoaded', () => {
  const approving = keys.a;
  keys.a = () => {
    choose('side', 'send');
    approving();
  };
  document.addEventListener('click', (event) => {
    const button = event.target.closest('button');
    if (!button) return;
    if (button.dataset.send) openSend(button);
    if ('sendClose' in button.dataset) $('.send-dialog').close();
  });
  document.addEventListener('submit', (event) => {
    if (!event.target.dataset.sendForm) return;
    event.preventDefault();
    submitSend(event.target);
  });
  document.addEventListener('desk:fresh', recheck);
});
