//  Addresses of the desk. A window of one campaign starts in it and keeps its own history.
import { createBrowserHistory, createMemoryHistory, createRootRoute, createRoute, createRouter, Outlet, redirect } from "@tanstack/react-router";

import { Analytics } from "../features/analytics/Analytics";
import { CallPage } from "../features/calls/CallPage";
import { Calls } from "../features/calls/Calls";
import { CampaignPage } from "../features/campaigns/CampaignPage";
import { Campaigns } from "../features/campaigns/Campaigns";
import { CampaignTab } from "../features/campaigns/CampaignTab";
import { NewCampaign } from "../features/campaigns/NewCampaign";
import { ContactPage } from "../features/contacts/ContactPage";
import { Contacts } from "../features/contacts/Contacts";
import { DoNotCall } from "../features/contacts/DoNotCall";
import { NewContact } from "../features/contacts/NewContact";
import { ImportPage } from "../features/lists/ImportPage";
import { Lists } from "../features/lists/Lists";
import { NewImport } from "../features/lists/NewImport";
import { Live } from "../features/live/Live";
import { Settings } from "../features/settings/Settings";
import { SkillbasePage } from "../features/skillbases/SkillbasePage";
import { Skillbases } from "../features/skillbases/Skillbases";
import { windowScope } from "../platform";
import { NotFound, RouteFailure } from "./RouteFailure";
import { Shell } from "./Shell";

const text = (value: unknown): string | undefined => (typeof value === "string" && value !== "" ? value : undefined);
const texts = (value: unknown): string[] | undefined => {
  const list = Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
  return list.length > 0 ? list : undefined;
};

const root = createRootRoute({ component: Shell, notFoundComponent: NotFound });

/** Hosts may open the application by the name of its file. */
const file = createRoute({
  getParentRoute: () => root,
  path: "/index.html",
  beforeLoad: () => {
    throw redirect({ to: "/", replace: true });
  },
});
/** Not "/live": the server answers there with the stream of live messages. */
const live = createRoute({ getParentRoute: () => root, path: "/", component: Live });
const campaigns = createRoute({
  getParentRoute: () => root,
  path: "/campaigns",
  component: Campaigns,
  validateSearch: (search: Record<string, unknown>): { states?: string[]; q?: string } => ({ states: texts(search["states"]), q: text(search["q"]) }) as { states?: string[]; q?: string },
});
const newCampaign = createRoute({ getParentRoute: () => root, path: "/campaigns/new", component: NewCampaign });
const campaign = createRoute({ getParentRoute: () => root, path: "/campaigns/$campaignId", component: CampaignPage });
const campaignIndex = createRoute({
  getParentRoute: () => campaign,
  path: "/",
  beforeLoad: ({ params }) => {
    throw redirect({ to: "/campaigns/$campaignId/$tab", params: { ...params, tab: "overview" }, replace: true });
  },
});
const campaignTab = createRoute({
  getParentRoute: () => campaign,
  path: "/$tab",
  component: CampaignTab,
  validateSearch: (search: Record<string, unknown>): { filter?: string[]; q?: string } => ({ filter: texts(search["filter"]), q: text(search["q"]) }) as { filter?: string[]; q?: string },
});
const lists = createRoute({ getParentRoute: () => root, path: "/lists", component: Lists });
const newImport = createRoute({ getParentRoute: () => root, path: "/lists/import", component: NewImport });
const importPage = createRoute({ getParentRoute: () => root, path: "/lists/imports/$callListId", component: ImportPage });
const contacts = createRoute({
  getParentRoute: () => root,
  path: "/contacts",
  component: Contacts,
  validateSearch: (search: Record<string, unknown>): { q?: string; tags?: string[]; called?: string; list?: string } =>
    ({ q: text(search["q"]), tags: texts(search["tags"]), called: text(search["called"]), list: text(search["list"]) }) as { q?: string; tags?: string[]; called?: string; list?: string },
});
const newContact = createRoute({ getParentRoute: () => root, path: "/contacts/new", component: NewContact });
const contact = createRoute({
  getParentRoute: () => root,
  path: "/contacts/$contactId",
  component: ContactPage,
  validateSearch: (search: Record<string, unknown>): { edit?: boolean } => (search["edit"] === true ? { edit: true } : {}),
});
const doNotCall = createRoute({
  getParentRoute: () => root,
  path: "/do-not-call",
  component: DoNotCall,
  validateSearch: (search: Record<string, unknown>): { q?: string; campaign?: string; add?: boolean } =>
    ({ q: text(search["q"]), campaign: text(search["campaign"]), ...(search["add"] === true ? { add: true } : {}) }) as { q?: string; campaign?: string; add?: boolean },
});
const skillbases = createRoute({ getParentRoute: () => root, path: "/skillbases", component: Skillbases });
const editorSearch = (search: Record<string, unknown>): { tab?: string; view?: string; draft?: string } =>
  ({ tab: text(search["tab"]), view: text(search["view"]), draft: text(search["draft"]) }) as { tab?: string; view?: string; draft?: string };
const newSkillbase = createRoute({ getParentRoute: () => root, path: "/skillbases/new", component: SkillbasePage, validateSearch: editorSearch });
const skillbase = createRoute({ getParentRoute: () => root, path: "/skillbases/$skillbaseId", component: SkillbasePage, validateSearch: editorSearch });
const calls = createRoute({
  getParentRoute: () => root,
  path: "/calls",
  component: Calls,
  validateSearch: (search: Record<string, unknown>): { outcomes?: string[]; q?: string; campaign?: string; day?: string } =>
    ({ outcomes: texts(search["outcomes"]), q: text(search["q"]), campaign: text(search["campaign"]), day: text(search["day"]) }) as { outcomes?: string[]; q?: string; campaign?: string; day?: string },
});
const call = createRoute({ getParentRoute: () => root, path: "/calls/$callId", component: CallPage });
const analytics = createRoute({
  getParentRoute: () => root,
  path: "/analytics",
  component: Analytics,
  validateSearch: (search: Record<string, unknown>): { campaign?: string } => ({ campaign: text(search["campaign"]) }) as { campaign?: string },
});
const settings = createRoute({
  getParentRoute: () => root,
  path: "/settings",
  component: Outlet,
  beforeLoad: ({ location }) => {
    if (location.pathname.replace(/\/$/, "") === "/settings") throw redirect({ to: "/settings/$section", params: { section: "line" }, replace: true });
  },
});
const settingsSection = createRoute({
  getParentRoute: () => settings,
  path: "/$section",
  component: Settings,
  validateSearch: (search: Record<string, unknown>): { new?: boolean } => (search["new"] === true ? { new: true } : {}),
});

const routeTree = root.addChildren([
  file,
  live,
  campaigns,
  newCampaign,
  campaign.addChildren([campaignIndex, campaignTab]),
  lists,
  newImport,
  importPage,
  contacts,
  newContact,
  contact,
  doNotCall,
  skillbases,
  newSkillbase,
  skillbase,
  calls,
  call,
  analytics,
  settings.addChildren([settingsSection]),
]);

export const router = createRouter({
  routeTree,
  history: windowScope ? createMemoryHistory({ initialEntries: [`/campaigns/${windowScope.campaignId}/overview`] }) : createBrowserHistory(),
  defaultErrorComponent: RouteFailure,
  defaultNotFoundComponent: NotFound,
  scrollRestoration: false,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
