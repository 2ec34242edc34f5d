package main

import (
	"github.com/medigy/newsdesk/internal/colour"
	"github.com/medigy/newsdesk/internal/signup"
)

// defaults of every key: a key that is not here is unknown. Folders are those
// of a plain site, so that newsdesk runs without a file.
var defaults = map[string]any{
	"site.title": "", "site.description": "", "site.url": "http://localhost", "site.language": "en", "site.languages": []string{}, "site.timezone": "UTC", "site.logo": "", "site.rights": "",
	"content.dir": "content", "content.permalink": "/:slug/", "content.preset": "newsdesk", "content.skip": []string{}, "content.encoding": "", "content.repair": false, "content.expire": false, "content.index": ".newsdesk",
	"content.images.dir": "static/images", "content.images.url": "/images/", "content.fields": map[string]any{},
	"check.silence": []string{},
	"feeds.dir":     "public", "feeds.url": "", "feeds.items": 50, "feeds.bytes": 512 << 10, "feeds.link": "page", "feeds.content": "full", "feeds.ttl": 60, "feeds.by": []string{"topic"}, "feeds.named": map[string]any{}, "feeds.removed": "keep", "feeds.pages": true, "feeds.archive": false, "feeds.publish": "", "feeds.hubs": []string{}, "feeds.gone": []string{},
	"serve.listen": "127.0.0.1:8080", "serve.tls_cert": "", "serve.tls_key": "", "serve.log": false,
	"serve.trusted_proxies": []string{"127.0.0.0/8", "::1"}, "serve.metrics": []string{"127.0.0.0/8", "::1"},
	"desk.listen": "127.0.0.1:8025", "desk.hosts": []string{}, "desk.password": "", "desk.password_file": "", "desk.user_header": "",
	"look.accent": colour.Accent, "look.serif": false, "look.body_font": "", "look.headline_font": "", "look.width": 600, "look.logo": "", "look.logo_dark": "", "look.words": map[string]any{}, "look.templates": "",
	"look.light.background": "", "look.light.paper": "", "look.light.ink": "", "look.dark.background": "", "look.dark.paper": "", "look.dark.ink": "", "look.dark.accent": "",
	"digest.name": "weekly", "digest.title": "", "digest.period": "week", "digest.from": "", "digest.reply_to": "", "digest.topics": []string{}, "digest.language": "", "digest.offerings": 6, "digest.offerings_style": "grouped", "digest.offerings_file": "", "digest.images": imagesPublished, "digest.utm": map[string]any{},
	"digest.only.topics": []string{}, "digest.only.vocabularies": []string{}, "digest.only.sources": []string{},
	"digest.section_items": 8, "digest.items": 30, "digest.late_days": 14, "digests": map[string]any{},
	"digest.reason": "", "digest.postal_address": "", "digest.unsubscribe_mail": "", "digest.subscriptions_url": "", "digest.uncertain": "hold", "digest.approval": approvalOptional, "digest.schedule": "", "digest.catch_up": 24,
	"subscribe.enabled": false, "subscribe.topics": []string{}, "subscribe.consent": "", "subscribe.privacy_url": "", "subscribe.origins": []string{}, "subscribe.per_hour": 60, "subscribe.letters": []string{signup.Welcome, signup.Goodbye},
	"smtp.host": "127.0.0.1", "smtp.port": 587, "smtp.tls": "", "smtp.username": "", "smtp.password": "", "smtp.password_file": "",
	"smtp.hello": "", "smtp.dkim": []map[string]any{}, "smtp.connections": 4, "smtp.messages": 1000, "smtp.rate": 0.0, "smtp.warmup_start": "", "smtp.warmup_plan": []string{}, "smtp.domains": []map[string]any{}, "smtp.window": "", "smtp.tries": 12, "smtp.relays": []map[string]any{},
	"bounces.address": "", "bounces.maildir": "", "bounces.imap_host": "", "bounces.imap_username": "", "bounces.imap_password": "", "bounces.imap_password_file": "",
	"bounces.imap_folder": "INBOX", "bounces.imap_move_to": "", "bounces.every": 0, "bounces.webhook_secret": "", "bounces.webhook_secret_file": "",
	"numbers.reports": ".newsdesk/reports", "numbers.listen": "",
	"database.url": "sqlite:newsdesk.db",
}
