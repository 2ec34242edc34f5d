package corpusgen

// The texts that articles are made of. {name} stands for one of the list of
// that name. All of it is invented, and the domains are reserved ones
// (RFC 2606, section 3).

var titlePatterns = []string{
	"{Org} {Does} {Thing} to {Aim}",
	"{Org} {Does} {Thing} in {number} {Place} Clinics",
	"What {Org} Learned From {number} Months of {Thing}",
	"{number} {People} in {Place} on {Thing}: {Promise}",
	"'{Buzz}' Is Not Enough: How {Org} Plans to {Aim}",
	"{Org}'s {Thing} Program Aims to {Aim}",
	"How Will {Thing} Change {Org}? {number} {People} Weigh In",
	"{Org} Study: {Thing} Can {Aim}, but {Caveat}",
	"Reading the Fine Print of {Thing} at {Org}: {Promise}, {Caveat}",
	"{Org} & {Org} Join Forces on {Thing}",
}

var sentencePatterns = []string{
	"{org} {reported} that {measure} {changed} by {number} percent {after}.",
	"{people} at {org} {said} that {claim}.",
	"“{opinion},” said {given} {family}, {role} at {org}.",
	"{claim}, and {claim}.",
	"in {place}, {measure} {moved} {after}, while {measure} {moved}.",
	"the {study} followed {number} hospitals over {number} months.",
	"of two hundred sites that took part, {number} said that {claim}.",
	"{org} plans to bring {thing} to {place} within {number} weeks.",
	"not everyone agrees: {people} point out that {claim}.",
	"{thing} was paid for by a grant; what comes after it is not settled.",
	"for {people}, that means less time with {chore} & more with patients.",
	"the rule leaves {people} until {month} to show that {claim}.",
	"a pilot with {thing} began in {month} and was widened to {place}.",
	"asked about {chore}, {given} {family} answered that {opinion}.",
	"costs were lower than feared: {measure} {moved} even before {thing} was complete.",
	"when {thing} failed for {number} hours, {people} went back to paper.",
}

var topicPatterns = []string{
	"in {topic}, {people} say, {claim}.",
	"{topic} is where {org} expects the most: {measure} {moved} {after}.",
	"the report's chapter on {topic} is the longest, because {claim}.",
	"“{opinion},” said {role} {family} of the work on {topic}.",
}

var headings = []string{
	"What {people} expect", "A closer look at {measure}", "The numbers from {place}", "What is next for {thing}", "Doubts",
}

// Lists with a capital are for titles.
var lists = map[string][]string{
	"Org": {"{Place} Health", "{Place} Regional Medical Center", "{Place} Children's Hospital", "{Place} Clinics", "{Place} Health Information Exchange", "Mercy {Place}", "University of {Place}", "{Place} Physicians Group"},
	"Place": {"Alder Creek", "Bayside", "Cedar Valley", "Dunmore", "Eastfield", "Fairhaven", "Granite County", "Harbor Point", "Iron Lake", "Juniper Hills",
		"Kingsbury", "Lakeshore", "Maple Grove", "North Plains", "Oak Ridge", "Pine Bluff", "Quarry Bay", "Riverbend", "Stonebridge", "Three Rivers",
		"Upland", "Vernon Falls", "Westmoor", "Yarrow", "Blue Mesa", "Copper Canyon", "Deer Park", "Elk Prairie", "Fox Hollow", "Green Isle",
		"High Desert", "Indigo Coast", "Long Meadow", "Mill Pond", "New Salem", "Old Harbor", "Red Rock", "Silver Spring", "Tall Pines", "White Sands"},
	"Does": {"Adds", "Expands", "Pilots", "Drops", "Rethinks", "Buys", "Tests", "Doubles Down on", "Rolls Out", "Takes a Second Look at", "Opens Up", "Standardizes"},
	"Thing": {"Remote Monitoring", "Hospital at Home", "a Shared Medication List", "Voice Documentation", "a New Patient Portal", "FHIR-Based Referrals", "Zero Trust Networks",
		"Early Warning Scores", "Video Visits", "a Data Warehouse", "Automated Prior Authorization", "Imaging in the Cloud", "Genomic Decision Support", "Virtual Nursing",
		"a Command Center", "Medication Bar Codes", "Price Transparency Tools", "Open Notes", "Claims Automation", "a Regional Data Exchange", "Wearables", "Sepsis Alerts",
		"Chatbots", "Bedside Tablets", "Predictive Staffing", "Smart Pumps", "E-Consults", "Digital Front Doors", "Social Needs Screening", "Medical Device Inventories"},
	"Aim": {"Cut Readmissions by {number} Percent", "Save {number} Hours a Week", "Reach {number} Rural Clinics", "Reduce Burnout", "Meet New Federal Rules", "Close {number} Care Gaps",
		"Speed Up Discharge by {number} Hours", "Keep Patients at Home", "Win Back {number} Nurses", "Lower Denials by {number} Percent", "Share Records With {number} Partners", "Stop Ransomware"},
	"People":  {"CIOs", "Nurse Leaders", "Payers", "Pharmacists", "Rural Physicians", "Security Officers", "Patients", "Regulators", "Data Scientists", "Home Health Agencies"},
	"Promise": {"What Works, What Doesn't", "Less Paper, More Care", "A First Look at the Numbers", "Lessons From {number} Sites", "The Case for Going Slow", "Where the Money Is", "What Comes After the Pilot"},
	"Caveat":  {"Costs Remain", "Staff Are Wary", "the Data Is Thin", "Only in Large Systems", "Privacy Questions Linger", "Not Without Training"},
	"Buzz":    {"Interoperability", "AI First", "Patient-Centered", "Cloud Native", "Value-Based", "Digital by Default"},

	"org":      {"{Org}", "{Org}", "a network of {number} clinics", "the state's hospital association", "the agency"},
	"place":    {"{Place}", "{Place}", "the emergency department", "rural counties", "three intensive care units", "outpatient clinics"},
	"given":    givenNames,
	"family":   familyNames,
	"reported": {"reported", "announced", "told reporters", "confirmed", "published figures showing"},
	"said":     {"said", "argue", "have found", "believe", "wrote in {month}", "testified"},
	"measure": {"readmissions", "the length of stay", "the time to discharge", "unanswered portal messages", "denied claims", "falls", "missed appointments", "alerts that were overridden",
		"overtime", "transfers", "duplicate tests", "the cost of a visit", "waiting times", "medication errors"},
	"moved":   {"fell", "rose slightly", "dropped", "held steady", "went down", "improved", "worsened at first"},
	"changed": {"fell", "rose", "dropped", "went down", "went up"},
	"after":   {"after the change", "within {number} weeks", "once {people} had been trained", "in the first quarter", "after {thing} went live", "over {number} months", "since {month}"},
	"people": {"nurses", "physicians", "security teams", "pharmacists", "schedulers", "rural hospitals", "payers", "patients and their families", "chief information officers",
		"researchers", "case managers", "the vendors"},
	"claim": {"the records were there but nobody looked at them", "{thing} pays for itself only at scale", "most of the work is not technical", "{measure} should be published every month",
		"{people} were asked too late", "standards matter less than agreements", "old interfaces are the weakest point", "the first {number} days decide", "small practices need more time",
		"data without context helps no one", "{number} minutes a day go into {chore}", "patients notice the difference"},
	"opinion": {"we stopped counting logins and began to count answers", "nobody misses the fax", "it is a tool, not a strategy", "we would do it again, but slower", "the hard part was trust",
		"if it needs a manual, it is not finished", "{people} told us what was wrong on the first day", "we measure what we can change"},
	"role": {"chief nursing officer", "director of informatics", "chief information security officer", "vice president for digital health", "medical director", "head of data exchange", "project manager"},
	"thing": {"remote monitoring", "the shared medication list", "voice documentation", "the patient portal", "the new referral form", "network segmentation", "the early warning score",
		"the video service", "the data warehouse", "automated prior authorization", "the command center", "the sepsis alert"},
	"chore": {"documentation", "inbox messages", "prior authorization", "password resets", "phone calls", "reconciling medication lists", "faxes & scans"},
	"study": {"study", "review", "survey", "audit", "trial"},
	"month": {"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"},
}

var (
	curators = []string{"Radhika Narayanan", "Anjali Verghese", "Jonas Brandt", "Siobhán O'Dwyer", "Mei-Ling Chao", "Tomás Herrera", "Priya Raman", "Karl Østergaard",
		"Amina Yusuf", "Lucía Fernández", "David Okafor", "Hannah Weiss"}
	givenNames  = []string{"María", "John", "Aisha", "Wei", "Olga", "François", "Grace", "Samuel", "Ingrid", "Rahul", "Zoë", "Miguel", "Fatima", "Peter", "Yuki", "Chloé"}
	familyNames = []string{"Castellanos", "Smith", "O'Brien", "Nguyen", "Kowalski", "Müller", "Adeyemi", "Johnson", "Lindqvist", "Patel", "García", "Tanaka", "Dubois", "Cohen", "Ivanova", "Brown"}

	brands = []string{"Sparrowgate", "Brightwell", "Ledgerline", "Common Table", "Northlight", "Clearwater", "Tessera", "Harrow & Finch", "Openward", "Pallas",
		"Quill", "Redstart", "Siskin", "Trellis", "Umbra", "Vireo", "Wayfare", "Xylem", "Yarrowroot", "Zephyr's"}
	productKinds = []string{"Remote Monitoring", "Virtual Visit", "Claims Studio", "Equity Dashboard", "Consent Manager", "Device Guard", "Referral Exchange", "Imaging Archive", "Nurse Scheduler", "Data Platform"}

	sections = []string{"news", "care-models", "cybersecurity", "policy", "finance", "interoperability"}
)

// publisher is who published an original.
type publisher struct{ Name, Domain string }

var publishers = []publisher{
	{"The Clinical Ledger", "clinicalledger.example"}, {"Health Systems Daily", "healthsystemsdaily.example"}, {"Bedside & Byte", "bedsidebyte.example"},
	{"Interop Weekly", "interopweekly.example"}, {"Rural Care Review", "ruralcarereview.example"}, {"The Payer Post", "payerpost.example"},
	{"Ward Round", "wardround.example"}, {"Nursing Informatics Today", "nursinginformatics.example"}, {"Signal: Health", "signalhealth.example"},
	{"Medical Devices Watch", "devicewatch.example"}, {"Open Records", "openrecords.example"}, {"The Regulation Reader", "regulationreader.example"},
	{"Hospital Finance Letter", "hospitalfinance.example"}, {"Patient Voice", "patientvoice.example"}, {"Imaging Journal", "imagingjournal.example"},
	{"Genome Notes", "genomenotes.example"}, {"Cloud & Clinic", "cloudclinic.example"}, {"Secure Care", "securecare.example"},
	{"Public Health Wire", "publichealthwire.example"}, {"Telehealth Times", "telehealthtimes.example"}, {"The Coding Desk", "codingdesk.example"},
	{"Pharmacy Brief", "pharmacybrief.example"}, {"Quality Matters", "qualitymatters.example"}, {"Data for Doctors", "datafordoctors.example"},
}

// topicNames are the topics of a corpus, in eight vocabularies.
var topicNames = [Topics]string{
	"Healthcare IT News: Cybersecurity", "Healthcare IT News: Telehealth", "Healthcare IT News: Artificial Intelligence", "Healthcare IT News: Interoperability",
	"Healthcare IT News: Electronic Health Records", "Healthcare IT News: Analytics", "Healthcare IT News: Cloud Computing", "Healthcare IT News: Patient Engagement",
	"Healthcare IT News: Population Health", "Healthcare IT News: Workforce",
	"HIMSS: Business", "HIMSS: Clinically Integrated Supply Chain", "HIMSS: Digital Health Transformation", "HIMSS: Innovation",
	"HIMSS: Privacy & Security", "HIMSS: Public Policy", "HIMSS: Usability", "HIMSS: Care Delivery",
	"Medical Subject Headings (MeSH): Health Facilities", "Medical Subject Headings (MeSH): Patient Safety", "Medical Subject Headings (MeSH): Health Equity",
	"Medical Subject Headings (MeSH): Medical Informatics", "Medical Subject Headings (MeSH): Home Care Services", "Medical Subject Headings (MeSH): Genomics",
	"Medical Subject Headings (MeSH): Nursing", "Medical Subject Headings (MeSH): Diagnostic Imaging", "Medical Subject Headings (MeSH): Wearable Electronic Devices",
	"KLAS: Security", "KLAS: Revenue Cycle", "KLAS: Acute Care", "KLAS: Ambulatory Care", "KLAS: Patient Flow", "KLAS: Payer Solutions", "KLAS: Imaging Systems",
	"ONC: Patient Access", "ONC: Information Blocking", "ONC: Certification", "ONC: TEFCA", "ONC: Standards", "ONC: Health IT Safety",
	"CMS: Price Transparency", "CMS: Prior Authorization", "CMS: Quality Reporting", "CMS: Value-Based Care", "CMS: Telehealth Coverage", "CMS: Hospital at Home", "CMS: Rural Health",
	"HL7: FHIR", "HL7: Clinical Decision Support", "HL7: Bulk Data", "HL7: SMART on FHIR", "HL7: Version 2", "HL7: C-CDA",
	"FDA: Medical Devices", "FDA: Software as a Medical Device", "FDA: Recalls", "FDA: Digital Therapeutics", "FDA: Cybersecurity", "FDA: Real-World Evidence", "FDA: Clinical Trials",
}
