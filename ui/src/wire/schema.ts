// Made by `npm run wire` from docs/reference/openapi.json and asyncapi.json.

export interface paths {
    "/api/nowplaying": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Show what every station is doing, in AzuraCast's shape.
         * @description Show what every station is doing, in AzuraCast's shape.
         *
         *     Permission `public`: admin, user, guest, anonymous. Quota `read`: 3000/minute per address.
         */
        get: operations["onair_azuracast_all"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/nowplaying/{slug}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Show what a station is doing, in AzuraCast's shape.
         * @description Show what a station is doing, in AzuraCast's shape.
         *
         *     Permission `public`: admin, user, guest, anonymous. Quota `read`: 3000/minute per address.
         */
        get: operations["onair_azuracast"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/audit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List what was done anywhere, newest first.
         * @description List what was done anywhere, newest first.
         *
         *     Permission `platform:read_audit`: admin. Quota `read`: 3000/minute per address.
         */
        get: operations["moderation_audit_everywhere"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/bans": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the bans from the whole platform.
         * @description List the bans from the whole platform.
         *
         *     Permission `platform:moderate`: admin. Quota `read`: 3000/minute per address.
         */
        get: operations["moderation_bans_everywhere"];
        put?: never;
        /**
         * Ban somebody from the platform: every connection is cut, and refused until the ban ends or is lifted.
         * @description Ban somebody from the platform: every connection is cut, and refused until the ban ends or is lifted.
         *
         *     Permission `platform:moderate`: admin. Quota `write`: 120/minute per user, 600/minute per address, 240/minute per station.
         */
        post: operations["moderation_ban_everywhere"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/bans/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Lift a ban from the platform.
         * @description Lift a ban from the platform.
         *
         *     Permission `platform:moderate`: admin. Quota `write`: 120/minute per user, 600/minute per address, 240/minute per station.
         */
        delete: operations["moderation_lift_everywhere"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/stations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List every station's settings, with its owners.
         * @description List every station's settings, with its owners.
         *
         *     Permission `platform:manage_stations`: admin. Quota `read`: 3000/minute per address.
         */
        get: operations["manage_all"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/users": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the users, or those that a search finds, by login.
         * @description List the users, or those that a search finds, by login.
         *
         *     Permission `platform:manage_users`: admin. Quota `read`: 3000/minute per address.
         */
        get: operations["account_users"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/users/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Change a user's role on the platform.
         * @description Change a user's role on the platform.
         *
         *     Permission `platform:manage_users`: admin. Quota `write`: 120/minute per user, 600/minute per address, 240/minute per station.
         */
        patch: operations["account_set_role"];
        trace?: never;
    };
    "/api/v1/asyncapi.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Describe the Socket.IO events.
         * @description Describe the Socket.IO events.
         *
         *     Permission `public`: admin, user, guest, anonymous. Quota `read`: 3000/minute per address.
         */
        get: operations["references_asyncapi"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/bot": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Get an access token with a bot's key, as often as one is needed.
         * @description Get an access token with a bot's key, as often as one is needed.
         *
         *     Permission `public`: admin, user, guest, anonymous. Quota `refresh`: 300/minute per address.
         */
        post: operations["bot_token"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/guest": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Get a guest token; with a guest's own token, one of the same guest with another name.
         * @description Get a guest token; with a guest's own token, one of the same guest with another name.
         *
         *     Permission `public`: admin, user, guest, anonymous. Quota `guest`: 120/minute per address.
         */
        post: operations["account_guest"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/login": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Sign in with a password.
         * @description Sign in with a password.
         *
         *     Permission `public`: admin, user, guest, anonymous. Quota `login`: 5/minute per user, 30/minute per login, 120/minute per address.
         */
        post: operations["account_login"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/logout": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * End this session, or all of them; a guest has none, and drops the tokens.
         * @description End this session, or all of them; a guest has none, and drops the tokens.
         *
         *     Permission `account:see`: admin, user, guest. Quota `write`: 120/minute per user, 600/minute per address, 240/minute per station.
         */
        post: operations["account_logout"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/refresh": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Get the next access token.
         * @description Get the next access token.
         *
         *     Permission `public`: admin, user, guest, anonymous. Quota `refresh`: 300/minute per address.
         */
        post: operations["account_refresh"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/upgrade": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Become a user, with the guest's name and open sockets.
         * @description Become a user, with the guest's name and open sockets.
         *
         *     Permission `account:upgrade`: guest. Quota `account`: 10/minute per user, 30/minute per address.
         */
        post: operations["account_upgrade"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/invitations/accept": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Accept an invitation.
         * @description Accept an invitation.
         *
         *     Permission `account:manage`: admin, user. Quota `write`: 120/minute per user, 600/minute per address, 240/minute per station.
         */
        post: operations["station_accept"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/invitations/preview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Show what an invitation offers, before anybody signs in to accept it.
         * @description Show what an invitation offers, before anybody signs in to accept it.
         *
         *     Permission `public`: admin, user, guest, anonymous. Quota `account`: 10/minute per user, 30/minute per address.
         */
        post: operations["station_preview"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Show the user of the token, and their roles.
         * @description Show the user of the token, and their roles.
         *
         *     Permission `account:see`: admin, user, guest. Quota `read`: 3000/minute per address.
         */
        get: operations["account_me"];
        put?: never;
        post?: never;
        /**
         * Erase everything that is kept of oneself, and end every session; a ban stays in force.
         * @description Erase everything that is kept of oneself, and end every session; a ban stays in force.
         *
         *     The last admin cannot leave, nor the only owner of a station.
         *
         *     Permission `account:see`: admin, user, guest. Quota `account`: 10/minute per user, 30/minute per address.
         */
        delete: operations["personal_erase"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a copy of everything that is kept of oneself.
         * @description Get a copy of everything that is kept of oneself.
         *
         *     Permission `account:see`: admin, user, guest. Quota `account`: 10/minute per user, 30/minute per address.
         */
        get: operations["personal_export"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me/password": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Change the password; all other sessions end.
         * @description Change the password; all other sessions end.
         *
         *     Permission `account:manage`: admin, user. Quota `account`: 10/minute per user, 30/minute per address.
         */
        post: operations["account_password"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/openapi.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Describe the HTTP API.
         * @description Describe the HTTP API.
         *
         *     Permission `public`: admin, user, guest, anonymous. Quota `read`: 3000/minute per address.
         */
        get: operations["references_openapi"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/push": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Show the key that browsers subscribe with.
         * @description Show the key that browsers subscribe with.
         *
         *     Permission `public`: admin, user, guest, anonymous. Quota `read`: 3000/minute per address.
         */
        get: operations["push_key"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/stations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the stations.
         * @description List the stations.
         *
         *     Permission `public`: admin, user, guest, anonymous. Quota `read`: 3000/minute per address.
         */
        get: operations["onair_stations"];
        put?: never;
        /**
         * Create a station; it is on air with AutoDJ within seconds.
         * @description Create a station; it is on air with AutoDJ within seconds.
         *
         *     Permission `platform:create_stations`: admin, user. Quota `write`: 120/minute per user, 600/minute per address, 240/minute per station.
         */
        post: operations["manage_add"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/stations/{slug}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Show a station.
         * @description Show a station.
         *
         *     Permission `public`: admin, user, guest, anonymous. Quota `read`: 3000/minute per address.
         */
        get: operations["onair_station"];
        put?: never;
        post?: never;
        /**
         * Take a station off air and remove it with its keys, its history and its tracks.
         * @description Take a station off air and remove it with its keys, its history and its tracks.
         *
         *     Permission `station:remove`: admin, owner. Quota `write`: 120/minute per user, 600/minute per address, 240/minute per station.
         */
        delete: operations["manage_remove"];
        options?: never;
        head?: never;
        /**
         * Change a station's settings; another bitrate interrupts it for some seconds.
         * @description Change a station's settings; another bitrate interrupts it for some seconds.
         *
         *     Permission `station:configure`: admin, owner. Quota `write`: 120/minute per user, 600/minute per address, 240/minute per station.
         */
        patch: operations["manage_change"];
        trace?: never;
    };
    "/api/v1/stations/{slug}/anchors": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Show the newest frames of a mount by their checksums, and when each is to be heard.
         * @description Show the newest frames of a mount by their checksums, and when each is to be heard.
         *
         *     Permission `public`: admin, user, guest, anonymous. Quota `read`: 3000/minute per address.
         */
        get: operations["sync_anchors"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/stations/{slug}/art": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Give a station's picture, a JPEG.
         * @description Give a station's picture, a JPEG.
         *
         *     Permission `public`: admin, user, guest, anonymous. Quota `read`: 3000/minute per address.
         */
        get: operations["art_station"];
        /**
         * Give a station another picture: a JPEG, PNG, WebP or GIF of up to 8 MB.
         * @description Give a station another picture: a JPEG, PNG, WebP or GIF of up to 8 MB.
         *
         *     Permission `station:configure`: admin, owner. Quota `upload`: 1200/10 minutes per user, 2400/10 minutes per address.
         */
        put: operations["art_set_station"];
        post?: never;
        /**
         * Take a station's picture away: the emblem that is drawn from its name is shown again.
         * @description Take a station's picture away: the emblem that is drawn from its name is shown again.
         *
         *     Permission `station:configure`: admin, owner. Quota `write`: 120/minute per user, 600/minute per address, 240/minute per station.
         */
        delete: operations["art_remove_station"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/stations/{slug}/audience": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Show how many listened, by the minute.
         * @description Show how many listened, by the minute.
         *
         *     Permission `station:go_live`: admin, owner, host. Quota `read`: 3000/minute per address.
         */
        get: operations["broadcast_audience"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/stations/{slug}/audit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List what was done at a station, newest first.
         * @description List what was done at a station, newest first.
         *
         *     Permission `station:read_audit`: admin, owner. Quota `read`: 3000/minute per address.
         */
        get: operations["moderation_audit"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/stations/{slug}/bans": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List a station's bans.
         * @description List a station's bans.
         *
         *     Permission `station:moderate`: admin, owner, host, moderator. Quota `read`: 3000/minute per address.
         */
        get: operations["moderation_bans"];
        put?: never;
        /**
         * Ban somebody from a station: the connection is cut, and joining refused until the ban ends or is lifted.
         * @description Ban somebody from a station: the connection is cut, and joining refused until the ban ends or is lifted.
         *
         *     Permission `station:moderate`: admin, owner, host, moderator. Quota `write`: 120/minute per user, 600/minute per address, 240/minute per station.
         */
        post: operations["moderation_ban"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/stations/{slug}/bans/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Lift a ban from a station.
         * @description Lift a ban from a station.
         *
         *     Permission `station:moderate`: admin, owner, host, moderator. Quota `write`: 120/minute per user, 600/minute per address, 240/minute per station.
         */
        delete: operations["moderation_lift"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/stations/{slug}/bots": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List a station's bots.
         * @description List a station's bots.
         *
         *     Permission `station:manage_members`: admin, owner. Quota `read`: 3000/minute per address.
         */
        get: operations["bot_all"];
        put?: never;
        /**
         * Create a bot: a program that writes in the chat, or moderates it, under a name and with a role of its own.
         * @description Create a bot: a program that writes in the chat, or moderates it, under a name and with a role of its own.
         *
         *     Permission `station:manage_members`: admin, owner. Quota `write`: 120/minute per user, 600/minute per address, 240/minute per station.
         */
        post: operations["bot_add"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/stations/{slug}/bots/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Remove a bot; its connections end at once.
         * @description Remove a bot; its connections end at once.
         *
         *     Permission `station:manage_members`: admin, owner. Quota `write`: 120/minute per user, 600/minute per address, 240/minute per station.
         */
        delete: operations["bot_remove"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/stations/{slug}/broadcasts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the broadcasts of hosts and of recordings, the newest first.
         * @description List the broadcasts of hosts and of recordings, the newest first.
         *
         *     Permission `station:go_live`: admin, owner, host. Quota `read`: 3000/minute per address.
         */
        get: operations["broadcast_page"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/stations/{slug}/broadcasts/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Show a broadcast: how many listened to it, and what went wrong.
         * @description Show a broadcast: how many listened to it, and what went wrong.
         *
         *     Permission `station:go_live`: admin, owner, host. Quota `read`: 3000/minute per address.
         */
        get: operations["broadcast_report"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/stations/{slug}/chat": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List messages: the newest first, or after one of them the oldest first.
         * @description List messages: the newest first, or after one of them the oldest first.
         *
         *     Permission `station:listen`: admin, user, guest. Quota `read`: 3000/minute per address.
         */
        get: operations["chat_page"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/stations/{slug}/chat/held": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the messages that wait for a moderator.
         * @description List the messages that wait for a moderator.
         *
         *     Permission `station:moderate`: admin, owner, host, moderator. Quota `read`: 3000/minute per address.
         */
        get: operations["chat_held"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/stations/{slug}/chat/people/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a person's card: their first day in the chat, their messages, and the actions about them.
         * @description Get a person's card: their first day in the chat, their messages, and the actions about them.
         *
         *     Permission `station:moderate`: admin, owner, host, moderator. Quota `read`: 3000/minute per address.
         */
        get: operations["chat_person"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/stations/{slug}/chat/reports": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the messages that listeners have reported, and that no moderator has looked at.
         * @description List the messages that listeners have reported, and that no moderator has looked at.
         *
         *     Permission `station:moderate`: admin, owner, host, moderator. Quota `read`: 3000/minute per address.
         */
        get: operations["chat_reports"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/stations/{slug}/chat/settings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get the word list, for how long messages are kept, and whether event streams have them.
         * @description Get the word list, for how long messages are kept, and whether event streams have them.
         *
         *     Permission `station:moderate`: admin, owner, host, moderator. Quota `read`: 3000/minute per address.
         */
        get: operations["chat_settings"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Change the word list, for how long messages are kept, and whether event streams have them.
         * @description Change the word list, for how long messages are kept, and whether event streams have them.
         *
         *     Permission `station:configure`: admin, owner. Quota `write`: 120/minute per user, 600/minute per address, 240/minute per station.
         */
        patch: operations["chat_configure"];
        trace?: never;
    };
    "/api/v1/stations/{slug}/encoder": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Show what to type into OBS, butt or ffmpeg.
         * @description Show what to type into OBS, butt or ffmpeg.
         *
         *     Permission `station:read_encoder`: admin, owner, host. Quota `read`: 3000/minute per address.
         */
        get: operations["station_encoder"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/stations/{slug}/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Send a station's events as they happen: after `Last-Event-ID` all that was missed, or else a `snapshot`.
         * @description Send a station's events as they happen: after `Last-Event-ID` all that was missed, or else a `snapshot`.
         *
         *     A public chat is sent to those who are not banned; after `Last-Event-ID` it begins with a `chat:snapshot`.
         *
         *     Permission `public`: admin, user, guest, anonymous. Quota `handshake`: 300/10 seconds per address.
         */
        get: operations["eventstream_follow"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/stations/{slug}/go-live": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Put a source or a recording on air, or say more about what is; in the place of another host, if meant.
         * @description Put a source or a recording on air, or say more about what is; in the place of another host, if meant.
         *
         *     Permission `station:go_live`: admin, owner, host. Quota `write`: 120/minute per user, 600/minute per address, 240/minute per station.
         */
        post: operations["live_go_live"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/stations/{slug}/history": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List a station's plays, the newest first.
         * @description List a station's plays, the newest first.
         *
         *     Permission `public`: admin, user, guest, anonymous. Quota `read`: 3000/minute per address.
         */
        get: operations["onair_plays"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/stations/{slug}/invitations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List a station's invitations.
         * @description List a station's invitations.
         *
         *     Permission `station:manage_members`: admin, owner. Quota `read`: 3000/minute per address.
         */
        get: operations["station_all_invitations"];
        put?: never;
        /**
         * Create an invitation: a link that gives a role at a station to the first user who accepts it.
         * @description Create an invitation: a link that gives a role at a station to the first user who accepts it.
         *
         *     Permission `station:manage_members`: admin, owner. Quota `write`: 120/minute per user, 600/minute per address, 240/minute per station.
         */
        post: operations["station_invite"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/stations/{slug}/invitations/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Withdraw an invitation.
         * @description Withdraw an invitation.
         *
         *     Permission `station:manage_members`: admin, owner. Quota `write`: 120/minute per user, 600/minute per address, 240/minute per station.
         */
        delete: operations["station_withdraw"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/stations/{slug}/kick": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Disconnect a source; its stream key opens nothing for some time, so that it does not come back by itself.
         * @description Disconnect a source; its stream key opens nothing for some time, so that it does not come back by itself.
         *
         *     Permission `station:kick`: admin, owner. Quota `write`: 120/minute per user, 600/minute per address, 240/minute per station.
         */
        post: operations["live_kick"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/stations/{slug}/loved": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the most liked plays of some days.
         * @description List the most liked plays of some days.
         *
         *     Permission `station:read_library`: admin, owner, host. Quota `read`: 3000/minute per address.
         */
        get: operations["like_loved"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/stations/{slug}/members": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List a station's members.
         * @description List a station's members.
         *
         *     Permission `station:read_members`: admin, owner, host, moderator. Quota `read`: 3000/minute per address.
         */
        get: operations["station_all_members"];
        /**
         * Give a user a role at a station, or another one.
         * @description Give a user a role at a station, or another one.
         *
         *     Permission `station:manage_members`: admin, owner. Quota `write`: 120/minute per user, 600/minute per address, 240/minute per station.
         */
        put: operations["station_set_member"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/stations/{slug}/members/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Remove a member's role at a station; everybody may give up their own.
         * @description Remove a member's role at a station; everybody may give up their own.
         *
         *     Permission `account:manage`: admin, user. Quota `write`: 120/minute per user, 600/minute per address, 240/minute per station.
         */
        delete: operations["station_remove_member"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/stations/{slug}/metadata": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Set the title that is heard now, or the show and the host.
         * @description Set the title that is heard now, or the show and the host.
         *
         *     Permission `station:set_metadata`: admin, owner, host. Quota `write`: 120/minute per user, 600/minute per address, 240/minute per station.
         */
        post: operations["onair_post_metadata"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/stations/{slug}/microphone": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Take a browser's recording as a source of the station, over a WebSocket.
         * @description Take a browser's recording as a source of the station, over a WebSocket.
         *
         *     Permission `public`: admin, user, guest, anonymous. Quota `handshake`: 300/10 seconds per address.
         */
        get: operations["microphone_microphone"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/stations/{slug}/now-playing": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Show what a station is doing now.
         * @description Show what a station is doing now.
         *
         *     Permission `public`: admin, user, guest, anonymous. Quota `read`: 3000/minute per address.
         */
        get: operations["onair_now_playing"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/stations/{slug}/people": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List who follows a station now, through this server.
         * @description List who follows a station now, through this server.
         *
         *     Permission `station:moderate`: admin, owner, host, moderator. Quota `read`: 3000/minute per address.
         */
        get: operations["moderation_people"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/stations/{slug}/playlists": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List a station's playlists.
         * @description List a station's playlists.
         *
         *     Permission `station:read_library`: admin, owner, host. Quota `read`: 3000/minute per address.
         */
        get: operations["playlist_all"];
        put?: never;
        /**
         * Make a playlist.
         * @description Make a playlist.
         *
         *     Permission `station:edit_library`: admin, owner, host. Quota `write`: 120/minute per user, 600/minute per address, 240/minute per station.
         */
        post: operations["playlist_add"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/stations/{slug}/playlists/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Show a playlist.
         * @description Show a playlist.
         *
         *     Permission `station:read_library`: admin, owner, host. Quota `read`: 3000/minute per address.
         */
        get: operations["playlist_playlist"];
        put?: never;
        post?: never;
        /**
         * Remove a playlist. Its tracks stay in the library.
         * @description Remove a playlist. Its tracks stay in the library.
         *
         *     Permission `station:edit_library`: admin, owner, host. Quota `write`: 120/minute per user, 600/minute per address, 240/minute per station.
         */
        delete: operations["playlist_remove"];
        options?: never;
        head?: never;
        /**
         * Change a playlist's name, order or weight. After a change of order or weight, AutoDJ chooses anew.
         * @description Change a playlist's name, order or weight. After a change of order or weight, AutoDJ chooses anew.
         *
         *     Permission `station:edit_library`: admin, owner, host. Quota `write`: 120/minute per user, 600/minute per address, 240/minute per station.
         */
        patch: operations["playlist_change"];
        trace?: never;
    };
    "/api/v1/stations/{slug}/playlists/{id}/tracks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the tracks of a playlist, in order.
         * @description List the tracks of a playlist, in order.
         *
         *     Permission `station:read_library`: admin, owner, host. Quota `read`: 3000/minute per address.
         */
        get: operations["playlist_tracks"];
        put?: never;
        /**
         * Add tracks at the end of a playlist. Those that it has already stay where they are.
         * @description Add tracks at the end of a playlist. Those that it has already stay where they are.
         *
         *     Permission `station:edit_library`: admin, owner, host. Quota `write`: 120/minute per user, 600/minute per address, 240/minute per station.
         */
        post: operations["playlist_put"];
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Move tracks of a playlist before another one, or to the end.
         * @description Move tracks of a playlist before another one, or to the end.
         *
         *     Permission `station:edit_library`: admin, owner, host. Quota `write`: 120/minute per user, 600/minute per address, 240/minute per station.
         */
        patch: operations["playlist_move"];
        trace?: never;
    };
    "/api/v1/stations/{slug}/playlists/{id}/tracks/remove": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Take tracks out of a playlist. They stay in the library.
         * @description Take tracks out of a playlist. They stay in the library.
         *
         *     Permission `station:edit_library`: admin, owner, host. Quota `write`: 120/minute per user, 600/minute per address, 240/minute per station.
         */
        post: operations["playlist_take_out"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/stations/{slug}/preview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Give the sound of a source, as its encoder sends it, to whoever has the address.
         * @description Give the sound of a source, as its encoder sends it, to whoever has the address.
         *
         *     Permission `public`: admin, user, guest, anonymous. Quota `read`: 3000/minute per address.
         */
        get: operations["live_preview"];
        put?: never;
        /**
         * Make an address at which a player can hear a source, without a token.
         * @description Make an address at which a player can hear a source, without a token.
         *
         *     Permission `station:go_live`: admin, owner, host. Quota `write`: 120/minute per user, 600/minute per address, 240/minute per station.
         */
        post: operations["live_allow_preview"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/stations/{slug}/push-subscriptions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Tell a browser when the station goes live, also while no page is open.
         * @description Tell a browser when the station goes live, also while no page is open.
         *
         *     Permission `public`: admin, user, guest, anonymous. Quota `write`: 120/minute per user, 600/minute per address, 240/minute per station.
         */
        post: operations["push_subscribe"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/stations/{slug}/push-subscriptions/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Tell a browser no more.
         * @description Tell a browser no more.
         *
         *     Permission `public`: admin, user, guest, anonymous. Quota `write`: 120/minute per user, 600/minute per address, 240/minute per station.
         */
        delete: operations["push_unsubscribe"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/stations/{slug}/queue": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Show what is heard while nobody is live, and when each item is expected to begin.
         * @description Show what is heard while nobody is live, and when each item is expected to begin.
         *
         *     Permission `station:read_library`: admin, owner, host. Quota `read`: 3000/minute per address.
         */
        get: operations["queue_queue"];
        put?: never;
        /**
         * Place a track in the queue.
         * @description Place a track in the queue.
         *
         *     Permission `station:edit_queue`: admin, owner, host. Quota `write`: 120/minute per user, 600/minute per address, 240/minute per station.
         */
        post: operations["queue_place"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/stations/{slug}/queue/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Take an item out of the queue; its track stays in the library.
         * @description Take an item out of the queue; its track stays in the library.
         *
         *     Permission `station:edit_queue`: admin, owner, host. Quota `write`: 120/minute per user, 600/minute per address, 240/minute per station.
         */
        delete: operations["queue_remove"];
        options?: never;
        head?: never;
        /**
         * Move an item of the queue.
         * @description Move an item of the queue.
         *
         *     Permission `station:edit_queue`: admin, owner, host. Quota `write`: 120/minute per user, 600/minute per address, 240/minute per station.
         */
        patch: operations["queue_move"];
        trace?: never;
    };
    "/api/v1/stations/{slug}/queue/forecast": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Show the next 24 hours: the queue, and how AutoDJ would go on behind it.
         * @description Show the next 24 hours: the queue, and how AutoDJ would go on behind it.
         *
         *     Permission `station:read_library`: admin, owner, host. Quota `read`: 3000/minute per address.
         */
        get: operations["queue_forecast"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/stations/{slug}/queue/skip": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * End the item that is on air, with a crossfade. While it ends, a second time does nothing.
         * @description End the item that is on air, with a crossfade. While it ends, a second time does nothing.
         *
         *     Permission `station:edit_queue`: admin, owner, host. Quota `write`: 120/minute per user, 600/minute per address, 240/minute per station.
         */
        post: operations["queue_skip"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/stations/{slug}/settings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Show a station's settings.
         * @description Show a station's settings.
         *
         *     Permission `station:configure`: admin, owner. Quota `read`: 3000/minute per address.
         */
        get: operations["manage_settings"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/stations/{slug}/signal": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Show the sources of a station, and how their sound arrives.
         * @description Show the sources of a station, and how their sound arrives.
         *
         *     Permission `station:go_live`: admin, owner, host. Quota `read`: 3000/minute per address.
         */
        get: operations["live_signal"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/stations/{slug}/stop": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * End a broadcast: it is faded out, AutoDJ begins a track, and an encoder is in preview then.
         * @description End a broadcast: it is faded out, AutoDJ begins a track, and an encoder is in preview then.
         *
         *     Permission `station:go_live`: admin, owner, host. Quota `write`: 120/minute per user, 600/minute per address, 240/minute per station.
         */
        post: operations["live_stop"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/stations/{slug}/stream-keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List a station's stream keys, revoked ones too; without `station:manage_keys` one's own.
         * @description List a station's stream keys, revoked ones too; without `station:manage_keys` one's own.
         *
         *     Permission `station:own_keys`: admin, owner, host. Quota `read`: 3000/minute per address.
         */
        get: operations["station_all_keys"];
        put?: never;
        /**
         * Create a stream key; it is shown this once. One for somebody else needs `station:manage_keys`.
         * @description Create a stream key; it is shown this once. One for somebody else needs `station:manage_keys`.
         *
         *     Permission `station:own_keys`: admin, owner, host. Quota `write`: 120/minute per user, 600/minute per address, 240/minute per station.
         */
        post: operations["station_add_key"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/stations/{slug}/stream-keys/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Revoke a stream key, one's own or with `station:manage_keys` any; its encoder is cut off within seconds.
         * @description Revoke a stream key, one's own or with `station:manage_keys` any; its encoder is cut off within seconds.
         *
         *     Permission `station:own_keys`: admin, owner, host. Quota `write`: 120/minute per user, 600/minute per address, 240/minute per station.
         */
        delete: operations["station_revoke_key"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/stations/{slug}/sync": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Show how exactly a station's listeners hear the same moment, and how late.
         * @description Show how exactly a station's listeners hear the same moment, and how late.
         *
         *     Permission `station:incidents`: admin, owner, host, moderator. Quota `read`: 3000/minute per address.
         */
        get: operations["sync_listeners"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/stations/{slug}/tracks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List a station's tracks, or search them.
         * @description List a station's tracks, or search them.
         *
         *     Permission `station:read_library`: admin, owner, host. Quota `read`: 3000/minute per address.
         */
        get: operations["track_page"];
        put?: never;
        /**
         * Add a track from a form with a `file`. It can be played at once.
         * @description Add a track from a form with a `file`. It can be played at once.
         *
         *     Permission `station:edit_library`: admin, owner, host. Quota `upload`: 1200/10 minutes per user, 2400/10 minutes per address.
         */
        post: operations["upload_add"];
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Change tracks in the same way, all at once.
         * @description Change tracks in the same way, all at once.
         *
         *     Permission `station:edit_library`: admin, owner, host. Quota `write`: 120/minute per user, 600/minute per address, 240/minute per station.
         */
        patch: operations["track_change_several"];
        trace?: never;
    };
    "/api/v1/stations/{slug}/tracks/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Show a track.
         * @description Show a track.
         *
         *     Permission `station:read_library`: admin, owner, host. Quota `read`: 3000/minute per address.
         */
        get: operations["track_track"];
        put?: never;
        post?: never;
        /**
         * Remove a track. If it is on air, it is heard to its end.
         * @description Remove a track. If it is on air, it is heard to its end.
         *
         *     Permission `station:edit_library`: admin, owner, host. Quota `write`: 120/minute per user, 600/minute per address, 240/minute per station.
         */
        delete: operations["track_remove"];
        options?: never;
        head?: never;
        /**
         * Change a track's texts, its gain or its cue points.
         * @description Change a track's texts, its gain or its cue points.
         *
         *     Permission `station:edit_library`: admin, owner, host. Quota `write`: 120/minute per user, 600/minute per address, 240/minute per station.
         */
        patch: operations["track_change"];
        trace?: never;
    };
    "/api/v1/stations/{slug}/tracks/{id}/art": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Give a track's picture, a JPEG.
         * @description Give a track's picture, a JPEG.
         *
         *     Permission `public`: admin, user, guest, anonymous. Quota `read`: 3000/minute per address.
         */
        get: operations["art_track"];
        /**
         * Give a track another picture: a JPEG, PNG, WebP or GIF of up to 8 MB.
         * @description Give a track another picture: a JPEG, PNG, WebP or GIF of up to 8 MB.
         *
         *     Permission `station:edit_library`: admin, owner, host. Quota `upload`: 1200/10 minutes per user, 2400/10 minutes per address.
         */
        put: operations["art_set_track"];
        post?: never;
        /**
         * Take a track's picture away.
         * @description Take a track's picture away.
         *
         *     Permission `station:edit_library`: admin, owner, host. Quota `write`: 120/minute per user, 600/minute per address, 240/minute per station.
         */
        delete: operations["art_remove_track"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/stations/{slug}/tracks/{id}/audio": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Give a track's file, or a range of it.
         * @description Give a track's file, or a range of it.
         *
         *     Permission `station:read_library`: admin, owner, host. Quota `read`: 3000/minute per address.
         */
        get: operations["track_audio"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/stations/{slug}/tracks/{id}/peaks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Give the peaks of a track's waveform, once it has been measured.
         * @description Give the peaks of a track's waveform, once it has been measured.
         *
         *     Permission `station:read_library`: admin, owner, host. Quota `read`: 3000/minute per address.
         */
        get: operations["track_peaks"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/stations/{slug}/tracks/{id}/preview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Give a track's file, or a range of it, to whoever has the address.
         * @description Give a track's file, or a range of it, to whoever has the address.
         *
         *     Permission `public`: admin, user, guest, anonymous. Quota `read`: 3000/minute per address.
         */
        get: operations["track_preview"];
        put?: never;
        /**
         * Make an address at which a player can hear the track, without a token.
         * @description Make an address at which a player can hear the track, without a token.
         *
         *     Permission `station:read_library`: admin, owner, host. Quota `read`: 3000/minute per address.
         */
        post: operations["track_allow_preview"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/stations/{slug}/tracks/remove": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Remove tracks, all at once. The one on air is heard to its end.
         * @description Remove tracks, all at once. The one on air is heard to its end.
         *
         *     Permission `station:edit_library`: admin, owner, host. Quota `write`: 120/minute per user, 600/minute per address, 240/minute per station.
         */
        post: operations["track_remove_several"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/stations/{slug}/uploads": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Begin an upload; `Location` is where its parts are sent. The body may be the first of them.
         * @description Begin an upload; `Location` is where its parts are sent. The body may be the first of them.
         *
         *     Permission `station:edit_library`: admin, owner, host. Quota `upload`: 1200/10 minutes per user, 2400/10 minutes per address.
         */
        post: operations["upload_create"];
        delete?: never;
        /**
         * Say which version and extensions of tus are spoken, and the size of the largest file.
         * @description Say which version and extensions of tus are spoken, and the size of the largest file.
         *
         *     Permission `public`: admin, user, guest, anonymous. Quota `read`: 3000/minute per address.
         */
        options: operations["upload_offer"];
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/time": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Show the server's clock.
         * @description Show the server's clock.
         *
         *     Permission `public`: admin, user, guest, anonymous. Quota `read`: 3000/minute per address.
         */
        get: operations["sync_time"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/uploads/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Give an upload up. A track that it has become stays.
         * @description Give an upload up. A track that it has become stays.
         *
         *     Permission `account:manage`: admin, user. Quota `upload`: 1200/10 minutes per user, 2400/10 minutes per address.
         */
        delete: operations["upload_remove"];
        options?: never;
        /**
         * Say in `Upload-Offset` how many bytes have arrived. `Awaz-Track` is the track of a whole upload.
         * @description Say in `Upload-Offset` how many bytes have arrived. `Awaz-Track` is the track of a whole upload.
         *
         *     Permission `account:manage`: admin, user. Quota `upload`: 1200/10 minutes per user, 2400/10 minutes per address.
         */
        head: operations["upload_offset"];
        /**
         * Send a part of an upload. The answer to the last one has the id of the new track in `Awaz-Track`.
         * @description Send a part of an upload. The answer to the last one has the id of the new track in `Awaz-Track`.
         *
         *     Permission `account:manage`: admin, user. Quota `upload`: 1200/10 minutes per user, 2400/10 minutes per address.
         */
        patch: operations["upload_write"];
        trace?: never;
    };
    "/card.png": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Give the picture of the site in a link's preview, a PNG of 1200 by 630 pixels.
         * @description Give the picture of the site in a link's preview, a PNG of 1200 by 630 pixels.
         *
         *     Permission `public`: admin, user, guest, anonymous. Quota `read`: 3000/minute per address.
         */
        get: operations["site_card"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/favicon.ico": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Give the site's icon to browsers that do not look for it in the page.
         * @description Give the site's icon to browsers that do not look for it in the page.
         *
         *     Permission `public`: admin, user, guest, anonymous. Quota `read`: 3000/minute per address.
         */
        get: operations["site_favicon"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/healthz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Say that the process is up.
         * @description Say that the process is up.
         *
         *     Permission `public`: admin, user, guest, anonymous. Quota `read`: 3000/minute per address.
         */
        get: operations["health_healthz"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/icon.png": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Give the site's icon, a PNG.
         * @description Give the site's icon, a PNG.
         *
         *     Permission `public`: admin, user, guest, anonymous. Quota `read`: 3000/minute per address.
         */
        get: operations["site_icon"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/manifest.webmanifest": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Give the manifest, by which the site can be put on a home screen.
         * @description Give the manifest, by which the site can be put on a home screen.
         *
         *     Permission `public`: admin, user, guest, anonymous. Quota `read`: 3000/minute per address.
         */
        get: operations["site_manifest"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Give the metrics, as Prometheus reads them.
         * @description Give the metrics, as Prometheus reads them.
         *
         *     Permission `public`: admin, user, guest, anonymous. Quota `read`: 3000/minute per address.
         */
        get: operations["health_prometheus"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/readyz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Say whether the daemon can serve; the error names what is missing.
         * @description Say whether the daemon can serve; the error names what is missing.
         *
         *     Problems of single stations are in `stations`: they are no reason to send everybody to another daemon.
         *
         *     Permission `public`: admin, user, guest, anonymous. Quota `read`: 3000/minute per address.
         */
        get: operations["health_readyz"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/robots.txt": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Give the rules for search engines: listeners' pages may be read, the rest has nothing for them.
         * @description Give the rules for search engines: listeners' pages may be read, the rest has nothing for them.
         *
         *     Permission `public`: admin, user, guest, anonymous. Quota `read`: 3000/minute per address.
         */
        get: operations["site_robots"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/s/{slug}.m3u": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Give a station's stream as an M3U playlist, for a player.
         * @description Give a station's stream as an M3U playlist, for a player.
         *
         *     Permission `public`: admin, user, guest, anonymous. Quota `read`: 3000/minute per address.
         */
        get: operations["onair_m3u"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/s/{slug}.pls": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Give a station's stream as a PLS playlist, for a player.
         * @description Give a station's stream as a PLS playlist, for a player.
         *
         *     Permission `public`: admin, user, guest, anonymous. Quota `read`: 3000/minute per address.
         */
        get: operations["onair_pls"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/s/{slug}/card.png": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Give the picture of a station in a link's preview, a PNG of 1200 by 630 pixels.
         * @description Give the picture of a station in a link's preview, a PNG of 1200 by 630 pixels.
         *
         *     Permission `public`: admin, user, guest, anonymous. Quota `read`: 3000/minute per address.
         */
        get: operations["onair_card"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/s/{slug}/icon.png": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Give a station's roundel on its ground, a square PNG.
         * @description Give a station's roundel on its ground, a square PNG.
         *
         *     Permission `public`: admin, user, guest, anonymous. Quota `read`: 3000/minute per address.
         */
        get: operations["onair_icon"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /** @description The role that the user has now. */
        AcceptAnswer: {
            /** @description The role there; a higher one from before is kept. */
            role: components["schemas"]["StationRole"];
            /**
             * @description The station's slug.
             * @example awaz
             */
            station: string;
        };
        /** @description Accept an invitation. */
        AcceptRequest: {
            /**
             * @description The part of its link after `#invitation=`.
             * @example kQ3vX0n2b7Jw5Zr8
             */
            token: string;
        };
        /** @description The users, by login. */
        AccountsPage: {
            /** @description The items. */
            items: components["schemas"]["AccountView"][];
            /**
             * @description The `cursor` of the next page; absent on the last one.
             * @example sara
             */
            next?: string;
        };
        /** @description A user, as admins see it. */
        AccountView: {
            /**
             * @description The id, which never changes.
             * @example 4f1b0c9d2e7a5f38
             */
            id: string;
            /**
             * @description The login to sign in with.
             * @example sara
             */
            login: string;
            /**
             * @description The name that others see.
             * @example Sara
             */
            name: string;
            /**
             * @description The role on the platform.
             * @enum {string}
             */
            role: "admin" | "user";
        };
        /** @description The request was carried out; there is nothing more to say. */
        Acknowledged: Record<string, never>;
        /**
         * @description The newest frames of a mount, and when each is to be heard: frame `n` at `t0 + n * frame_s + target_s`.
         *
         *     A player computes the CRC-32 (ISO 3309, as in zlib) of each whole frame that it receives, header included. Three of
         *     them in a row that are in `crc` say which number its own frames have.
         */
        Anchors: {
            /**
             * @description The checksums of the frames from `n0` on; null where another frame of the last minute has the same one.
             * @example [
             *       2837462919,
             *       null,
             *       501827364
             *     ]
             */
            crc: (number | null)[];
            /**
             * @description The duration of a frame in seconds.
             * @example 0.026122448979591838
             */
            frame_s: number;
            /**
             * @description The mount.
             * @example /awaz.mp3
             */
            mount: string;
            /**
             * @description The number of the first frame in `crc`.
             * @example 18342
             */
            n0: number;
            /**
             * @description The server's time when this was put together.
             * @example 1795600000.25
             */
            server_time: number;
            /**
             * @description The unbroken run of the numbers; with another one, they begin anew.
             * @example 5f0c9a1be27d
             */
            stream_epoch: string;
            /**
             * @description When frame 0 was on the mount, in unix seconds: moved by a millisecond a second at most.
             * @example 1795600000.25
             */
            t0: number;
            /**
             * @description How long after it was on the mount a frame is to be heard, in seconds.
             * @example 3
             */
            target_s: number;
        };
        /** @description How many listened. */
        AudienceAnswer: {
            /** @description The minutes in which somebody listened, the oldest first; nobody did in those that are missing. */
            minutes: components["schemas"]["MinuteView"][];
            /**
             * @description The first minute, in unix milliseconds.
             * @example 1767225600000
             */
            since: number;
            /**
             * @description The last minute; the present one is not in it.
             * @example 1767225600000
             */
            until: number;
        };
        /** @description A place in what listeners are sent. */
        AudioPositionView: {
            /**
             * @description When that frame was on the mount.
             * @example 1767225600000
             */
            at: number;
            /**
             * @description The number of the frame.
             * @example 18342
             */
            frame: number;
            /**
             * @description The mount whose frames are numbered.
             * @example /awaz.mp3
             */
            mount: string;
            /**
             * @description The unbroken run of the numbers.
             * @example 5f0c9a1be27d
             */
            stream_epoch: string;
        };
        /** @description An entry of the audit log. */
        AuditEntry: {
            /**
             * @description The action, as `noun.verb`.
             * @example member.set
             */
            action: string;
            /**
             * @description The name of that person at the time.
             * @example Sara
             */
            actor: string;
            /**
             * @description The id of the person who did it; empty for the command line.
             * @example 4f1b0c9d2e7a5f38
             */
            actor_id: string;
            /**
             * @description The network address it was done from; empty for the command line.
             * @example 203.0.113.7
             */
            address: string;
            /**
             * @description When it was done, in unix milliseconds.
             * @example 1767225600000
             */
            at: number;
            /**
             * @description Further facts, which depend on the action.
             *
             *     `from` and `to` of a role or a login, the `role` that was given, the `id` and the `label` of a stream key, the
             *     `owner` of a station, the `user` (an id), the `reason` and the end (`until`) of a ban, and when an invitation
             *     `expires_at`; times in unix milliseconds.
             * @example {
             *       "from": "listener",
             *       "to": "host"
             *     }
             */
            detail: {
                [key: string]: string | number;
            };
            /**
             * @description The number of the entry; later ones are higher.
             * @example 17
             */
            id: number;
            /**
             * @description The station, if it was done at one.
             * @example awaz
             */
            station?: string;
            /**
             * @description The user, station, key, ban or title that the action is about; may be empty.
             * @example bilal
             */
            target: string;
        };
        /** @description Entries of the audit log, the newest first. */
        AuditPage: {
            /** @description The items. */
            items: components["schemas"]["AuditEntry"][];
            /**
             * @description The `cursor` of the next page; absent on the last one.
             * @example 17
             */
            next?: string;
        };
        /**
         * @description The socket is closed now: by a ban, or because the session or the account has ended.
         *
         *     After a ban from a station, connect again: the others can still be joined.
         */
        AuthEnded: {
            /** @description With `banned`: the ban. */
            ban?: components["schemas"]["BanNotice"];
            /**
             * @description `banned`, or `unauthenticated`: sign in again.
             * @example banned
             */
            code: components["schemas"]["ErrorCode"];
            /**
             * @description The reason in words, in English.
             * @example you are banned: shouting
             */
            message: string;
            /**
             * @description The station of the ban; absent for a ban from the platform.
             * @example awaz
             */
            station?: string;
        };
        /** @description The socket's token has expired: send `auth:refresh`, or the socket is closed. */
        AuthExpired: {
            /**
             * @description Milliseconds until the socket is closed.
             * @example 60000
             */
            closes_in_ms: number;
        };
        /** @description Continue with another token of the same user or guest; a guest's socket also takes a user's. */
        AuthRefresh: {
            /**
             * @description The access token.
             * @example eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ1MSJ9.c2ln
             */
            token: string;
        };
        /** @description The ack of `auth:refresh`. */
        AuthRefreshAck: components["schemas"]["AuthRefreshDone"] | components["schemas"]["Refusal"];
        /** @description The ack of `auth:refresh` that was carried out. */
        AuthRefreshDone: {
            /**
             * @description Always true.
             * @constant
             */
            ok: true;
        } & components["schemas"]["RefreshAnswer"];
        /** @description The user's roles have changed. */
        AuthRoles: {
            /** @description The role on the platform. */
            role: components["schemas"]["PlatformRole"];
            /**
             * @description The roles at stations, by slug.
             * @example {
             *       "awaz": "host"
             *     }
             */
            stations: {
                [key: string]: components["schemas"]["StationRole"];
            };
        };
        /** @description Why somebody is banned, and until when. */
        BanNotice: {
            /**
             * @description In the moderator's words; may be empty.
             * @example shouting
             */
            reason: string;
            /**
             * @description When the ban ends, in unix milliseconds; absent for one without an end. It may be lifted before.
             * @example 1781786096000
             */
            until?: number;
        };
        /** @description Ban a user or guest, at once. */
        BanRequest: {
            /**
             * @description The reason, which the person is shown.
             * @default
             * @example shouting
             */
            reason?: string;
            /**
             * @description How long it lasts, in seconds; without it, until the ban is lifted.
             * @example 3600
             */
            seconds?: number;
            /**
             * @description The user's or guest's id.
             * @example 4f1b0c9d2e7a5f38
             */
            user_id: string;
        };
        /** @description The bans in force. */
        BansAnswer: {
            /** @description The bans in force, the newest first. */
            bans: components["schemas"]["BanView"][];
        };
        /**
         * @description A ban.
         * @example {
         *       "created_at": 1767225600000,
         *       "id": "0c9d2e7a5f38",
         *       "made_by": "Sara",
         *       "name": "Bilal",
         *       "reason": "shouting",
         *       "station": "awaz",
         *       "until": 1767229200000,
         *       "user_id": "4f1b0c9d2e7a5f38"
         *     }
         */
        BanView: {
            /**
             * @description When it was made, in unix milliseconds.
             * @example 1767225600000
             */
            created_at: number;
            /**
             * @description The id to lift the ban with.
             * @example 4f1b0c9d2e7a5f38
             */
            id: string;
            /**
             * @description The name of the person who made it.
             * @example Sara
             */
            made_by: string;
            /**
             * @description The name that others saw at the time.
             * @example Sara
             */
            name: string;
            /**
             * @description The reason; may be empty.
             * @example shouting
             */
            reason: string;
            /**
             * @description The station; absent for a ban from the platform.
             * @example awaz
             */
            station?: string;
            /**
             * @description When it ends, in unix milliseconds; absent if only lifting ends it.
             * @example 1767225600000
             */
            until?: number;
            /**
             * @description The user's or guest's id.
             * @example 4f1b0c9d2e7a5f38
             */
            user_id: string;
        };
        /** @description Create a bot. */
        BotRequest: {
            /**
             * @description The name under which it writes.
             * @example Request Bot
             */
            name: string;
            /**
             * @description Its role at the station, with the same permissions and rate limits as a person's.
             * @default listener
             * @example moderator
             * @enum {string}
             */
            role?: "host" | "moderator" | "listener";
        };
        /** @description The bots of a station. */
        BotsAnswer: {
            /** @description The bots, the newest first. */
            bots: components["schemas"]["BotView"][];
        };
        /** @description Get an access token for a bot. */
        BotTokenRequest: {
            /**
             * @description The bot's key.
             * @example KEY
             */
            key: string;
        };
        /**
         * @description A bot of a station.
         * @example {
         *       "created_at": 1767225600000,
         *       "id": "4f1b0c9d2e7a5f384f1b0c9d2e7a5f38",
         *       "made_by": "Sara",
         *       "name": "Request Bot",
         *       "role": "moderator"
         *     }
         */
        BotView: {
            /**
             * @description When it was created, in unix milliseconds.
             * @example 1767225600000
             */
            created_at: number;
            /**
             * @description The bot's user id, by which it is named in the chat.
             * @example 4f1b0c9d2e7a5f38
             */
            id: string;
            /**
             * @description The key, for `POST /api/v1/auth/bot`; only in the answer that creates it.
             * @example KEY
             */
            key?: string;
            /**
             * @description The name of the person who created it.
             * @example Sara
             */
            made_by: string;
            /**
             * @description The name under which it writes.
             * @example Sara
             */
            name: string;
            /**
             * @description Its role at the station; absent after that was taken away.
             * @example moderator
             * @enum {string}
             */
            role?: "host" | "moderator" | "listener";
            /**
             * @description When its key was last used, in unix milliseconds; absent if it never was.
             * @example 1767229200000
             */
            used_at?: number;
        };
        /** @description The broadcast that is on air. */
        BroadcastAnswer: {
            /** @description The broadcast. */
            broadcast: components["schemas"]["BroadcastView"];
        };
        /** @description A page of the past broadcasts, the newest first. */
        BroadcastPage: {
            /** @description The items. */
            items: components["schemas"]["BroadcastRecord"][];
            /**
             * @description The `cursor` of the next page; absent on the last one.
             * @example 1767225600000
             */
            next?: string;
        };
        /** @description A live or upload broadcast, on air or past. */
        BroadcastRecord: {
            /**
             * @description When it ended, in unix milliseconds; absent while it is on air.
             * @example 1767225600000
             */
            ended_at?: number;
            /**
             * @description The host's name, if it was known.
             * @example Sara
             */
            host?: string;
            /**
             * @description The id that `stream:started` announced.
             * @example 4f1b0c9d2e7a5f38
             */
            id: string;
            /** @description The kind of broadcast. */
            kind: components["schemas"]["Kind"];
            /**
             * @description The sum of the listeners of its minutes: divided by 60, the hours that it was listened to. Absent if it began
             *     more than 90 days ago.
             * @example 9310
             */
            listener_minutes?: number;
            /**
             * @description The greatest number of listeners; absent if it began more than 90 days ago.
             * @example 214
             */
            peak?: number;
            /** @description The reason for its end; absent while it is on air. */
            reason?: components["schemas"]["StopReason"];
            /**
             * @description The show, if it was known.
             * @example Evening raga
             */
            show?: string;
            /**
             * @description When it began, in unix milliseconds.
             * @example 1767225600000
             */
            started_at: number;
            /**
             * @description Its title, if its host gave it one.
             * @example An evening of ghazals
             */
            title?: string;
        };
        /** @description A broadcast with its listeners, and with what went wrong. */
        BroadcastReport: {
            /**
             * @description When it ended, in unix milliseconds; absent while it is on air.
             * @example 1767225600000
             */
            ended_at?: number;
            /**
             * @description The host's name, if it was known.
             * @example Sara
             */
            host?: string;
            /**
             * @description The id that `stream:started` announced.
             * @example 4f1b0c9d2e7a5f38
             */
            id: string;
            /** @description The incidents, the oldest first; known for 90 days. */
            incidents: components["schemas"]["IncidentView"][];
            /** @description The kind of broadcast. */
            kind: components["schemas"]["Kind"];
            /**
             * @description The sum of the listeners of its minutes: divided by 60, the hours that it was listened to. Absent if it began
             *     more than 90 days ago.
             * @example 9310
             */
            listener_minutes?: number;
            /** @description The minutes in which somebody listened, the oldest first; known for 90 days. */
            minutes: components["schemas"]["MinuteView"][];
            /**
             * @description The greatest number of listeners; absent if it began more than 90 days ago.
             * @example 214
             */
            peak?: number;
            /** @description The reason for its end; absent while it is on air. */
            reason?: components["schemas"]["StopReason"];
            /**
             * @description The show, if it was known.
             * @example Evening raga
             */
            show?: string;
            /**
             * @description When it began, in unix milliseconds.
             * @example 1767225600000
             */
            started_at: number;
            /**
             * @description Its title, if its host gave it one.
             * @example An evening of ghazals
             */
            title?: string;
        };
        /** @description A broadcast that is on air. */
        BroadcastView: {
            /**
             * @description The address of its picture: that of what is played, or of the station; absent without one.
             * @example /api/v1/stations/awaz/art?v=5d41402a
             */
            art_url?: string;
            /**
             * @description Its description, if its host gave it one.
             * @example Two hours of ghazals, with your wishes.
             */
            description?: string;
            /**
             * @description The host's name; absent for AutoDJ.
             * @example Sara
             */
            host?: string;
            /**
             * @description The id that `stream:started` announced.
             * @example 4f1b0c9d2e7a5f38
             */
            id: string;
            /** @description The kind of broadcast. */
            kind: components["schemas"]["Kind"];
            /** @description Whether its encoder is gone and may still come back. */
            reconnecting: boolean;
            /**
             * @description The show, if it is known.
             * @example Evening raga
             */
            show?: string;
            /**
             * @description When it began, in unix milliseconds.
             * @example 1767225600000
             */
            started_at: number;
            /**
             * @description Its title, if its host gave it one.
             * @example An evening of ghazals
             */
            title?: string;
        };
        /** @description Delete one's own message, or as a moderator anybody's. */
        ChatDelete: {
            /**
             * @description The message.
             * @example 7d9b3c52e1a07f4b869d3c52e1a07f4b
             */
            id: string;
            /**
             * @description The station's slug.
             * @example awaz
             */
            station: string;
        };
        /** @description The ack of `chat:delete`. */
        ChatDeleteAck: components["schemas"]["ChatDeleteDone"] | components["schemas"]["Refusal"];
        /** @description Messages were deleted. */
        ChatDeleted: {
            /**
             * @description The moderator who deleted them; absent if their author did.
             * @example Sara
             */
            by?: string;
            /** @description The messages. */
            ids: string[];
        };
        /** @description `chat:deleted` as it travels. */
        ChatDeletedMessage: components["schemas"]["Envelope"] & components["schemas"]["ChatDeleted"];
        /** @description The ack of `chat:delete` that was carried out. */
        ChatDeleteDone: {
            /**
             * @description Always true.
             * @constant
             */
            ok: true;
        } & components["schemas"]["Acknowledged"];
        /** @description Change the text of one's own message: within five minutes, and at any time as one of the staff. */
        ChatEdit: {
            /**
             * @description The message.
             * @example 7d9b3c52e1a07f4b869d3c52e1a07f4b
             */
            id: string;
            /**
             * @description The station's slug.
             * @example awaz
             */
            station: string;
            /**
             * @description The new text.
             * @example What a voice! @Sara
             */
            text: string;
        };
        /** @description The ack of `chat:edit`. */
        ChatEditAck: components["schemas"]["ChatEditDone"] | components["schemas"]["Refusal"];
        /** @description The ack of `chat:edit` that was carried out. */
        ChatEditDone: {
            /**
             * @description Always true.
             * @constant
             */
            ok: true;
        } & components["schemas"]["Acknowledged"];
        /** @description The text of a message was changed. */
        ChatEdited: {
            /**
             * @description The message.
             * @example 7d9b3c52e1a07f4b869d3c52e1a07f4b
             */
            id: string;
            /**
             * @description Its text now.
             * @example What a voice! @Sara
             */
            text: string;
        };
        /** @description `chat:edited` as it travels. */
        ChatEditedMessage: components["schemas"]["Envelope"] & components["schemas"]["ChatEdited"];
        /** @description A message waits for a moderator. */
        ChatHeld: {
            /** @description The message. */
            message: components["schemas"]["ChatMessageView"];
        };
        /** @description `chat:held` as it travels. */
        ChatHeldMessage: components["schemas"]["Envelope"] & components["schemas"]["ChatHeld"];
        /** @description A message was accepted. It reaches its author in the same way. */
        ChatMessage: {
            /**
             * @description True for an announcement of the station's staff.
             * @constant
             */
            announcement?: true;
            /**
             * @description The id that the author's client gave it.
             * @example 2f1d7c1e-8a0b-4c55-9d0e-6a3f5b7c9d10
             */
            client_id: string;
            /**
             * @description The id of the message.
             * @example 7d9b3c52e1a07f4b869d3c52e1a07f4b
             */
            id: string;
            /** @description The frame that its author heard when it was written; absent if they did not listen, or it is not known. */
            position?: components["schemas"]["AudioPositionView"];
            /**
             * @description The message that it answers.
             * @example 7d9b3c52e1a07f4b869d3c52e1a07f4b
             */
            reply_to?: string;
            /**
             * @description Plain text on one line.
             * @example What a voice! @Sara
             */
            text: string;
            /** @description The author. */
            user: components["schemas"]["ChatUser"];
        };
        /** @description `chat:message` as it travels. */
        ChatMessageMessage: components["schemas"]["Envelope"] & components["schemas"]["ChatMessage"];
        /** @description Messages of a station. */
        ChatMessages: {
            /** @description The items. */
            items: components["schemas"]["ChatMessageView"][];
            /**
             * @description The `before` of the next page, or its `after` where that was given; absent on the last one.
             * @example 7d9b3c52e1a07f4b869d3c52e1a07f4b
             */
            next?: string;
        };
        /**
         * @description A message, in a list.
         * @example {
         *       "at": 1767225600000,
         *       "client_id": "2f1d7c1e-8a0b-4c55-9d0e-6a3f5b7c9d10",
         *       "id": "7d9b3c52e1a07f4b869d3c52e1a07f4b",
         *       "seq": 42,
         *       "text": "What a voice! @Sara",
         *       "user": {
         *         "id": "guest:4f1b0c9d2e7a5f38",
         *         "name": "Bilal",
         *         "role": "guest"
         *       }
         *     }
         */
        ChatMessageView: {
            /**
             * @description True for an announcement of the station's staff.
             * @constant
             */
            announcement?: true;
            /**
             * @description When it was shown, in unix milliseconds; when it was written, while it is held.
             * @example 1767225600000
             */
            at: number;
            /**
             * @description The id that the author's client gave it.
             * @example 2f1d7c1e-8a0b-4c55-9d0e-6a3f5b7c9d10
             */
            client_id: string;
            /**
             * @description True if its text was changed.
             * @constant
             */
            edited?: true;
            /**
             * @description True while it waits for a moderator.
             * @constant
             */
            held?: true;
            /**
             * @description The id of the message.
             * @example 7d9b3c52e1a07f4b869d3c52e1a07f4b
             */
            id: string;
            /** @description The frame that its author heard when it was written; absent if they did not listen, or it is not known. */
            position?: components["schemas"]["AudioPositionView"];
            /**
             * @description The message that it answers.
             * @example 7d9b3c52e1a07f4b869d3c52e1a07f4b
             */
            reply_to?: string;
            /**
             * @description Its seq in the chat's log, which orders messages of the same `at`; absent while it is held.
             * @example 42
             */
            seq?: number;
            /**
             * @description Plain text on one line.
             * @example What a voice! @Sara
             */
            text: string;
            /** @description The author. */
            user: components["schemas"]["ChatUser"];
        };
        /** @description The mode of the chat was changed. */
        ChatModeChanged: {
            /**
             * @description The name of the person who changed it; absent where its time was over.
             * @example Sara
             */
            by?: string;
            /**
             * @description Whether a guest's first message waits for a moderator.
             * @default false
             */
            hold_new: boolean;
            /**
             * @description Messages with a link are shown, wait for a moderator, or are refused.
             * @default allow
             * @example hold
             * @enum {string}
             */
            links: "allow" | "hold" | "block";
            /**
             * @description Whether people may write while the station is off air.
             * @default true
             */
            off_air: boolean;
            /**
             * @description When a mode against a raid ends, in unix milliseconds; absent if there is none.
             * @example 1767225600000
             */
            raid_until?: number;
            /**
             * @description Seconds between two messages of one person; 0 for none.
             * @default 0
             * @example 10
             */
            slow_s: number;
            /**
             * @description Who may write: everybody, `members` with an account, or the station's moderators, hosts and owners.
             * @default everybody
             * @example everybody
             * @enum {string}
             */
            who: "everybody" | "members" | "moderators";
        };
        /** @description `chat:mode` as it travels. */
        ChatModeChangedMessage: components["schemas"]["Envelope"] & components["schemas"]["ChatModeChanged"];
        /** @description Act on a message or a person. */
        ChatModerate: {
            /** @description The action. */
            action: components["schemas"]["ModerateAction"];
            /**
             * @description The message it is about.
             * @example 7d9b3c52e1a07f4b869d3c52e1a07f4b
             */
            message?: string;
            /**
             * @description The reason, which the person is shown.
             * @example spam
             */
            reason?: string;
            /**
             * @description How long a timeout or ban lasts: a timeout ten minutes without it, a ban until it is lifted.
             * @example 600
             */
            seconds?: number;
            /**
             * @description The station's slug.
             * @example awaz
             */
            station: string;
            /**
             * @description The token of what is undone; `message` may carry it as well.
             * @example b2c4d6e8f0a1b3c5
             */
            undo?: string;
            /**
             * @description The person it is about.
             * @example guest:4f1b0c9d2e7a5f38
             */
            user?: string;
        };
        /** @description The ack of `chat:moderate`. */
        ChatModerateAck: components["schemas"]["ChatModerateDone"] | components["schemas"]["Refusal"];
        /** @description The ack of `chat:moderate` that was carried out. */
        ChatModerateDone: {
            /**
             * @description Always true.
             * @constant
             */
            ok: true;
        } & components["schemas"]["ModerateAnswer"];
        /** @description Who may write, and how often. */
        ChatModeView: {
            /**
             * @description Whether a guest's first message waits for a moderator.
             * @default false
             */
            hold_new: boolean;
            /**
             * @description Messages with a link are shown, wait for a moderator, or are refused.
             * @default allow
             * @example hold
             * @enum {string}
             */
            links: "allow" | "hold" | "block";
            /**
             * @description Whether people may write while the station is off air.
             * @default true
             */
            off_air: boolean;
            /**
             * @description When a mode against a raid ends, in unix milliseconds; absent if there is none.
             * @example 1767225600000
             */
            raid_until?: number;
            /**
             * @description Seconds between two messages of one person; 0 for none.
             * @default 0
             * @example 10
             */
            slow_s: number;
            /**
             * @description Who may write: everybody, `members` with an account, or the station's moderators, hosts and owners.
             * @default everybody
             * @example everybody
             * @enum {string}
             */
            who: "everybody" | "members" | "moderators";
        };
        /** @description Somebody who writes in a station's chat, for those who moderate it. */
        ChatPerson: {
            /** @description Actions of moderators about them lately, the newest first. */
            actions: components["schemas"]["PastAction"][];
            /**
             * @description How many were deleted or denied.
             * @example 1
             */
            deleted: number;
            /**
             * @description The user's or guest's id.
             * @example guest:4f1b0c9d2e7a5f38
             */
            id: string;
            /**
             * @description How many messages of theirs are shown.
             * @example 12
             */
            messages: number;
            /**
             * @description The name in this chat.
             * @example Sara
             */
            name: string;
            /** @description Their newest messages that are shown, the newest first. */
            recent: components["schemas"]["ChatMessageView"][];
            /** @description Bans and timeouts in force. */
            sanctions: components["schemas"]["SanctionView"][];
            /**
             * @description Since when they write here, in unix milliseconds.
             * @example 1767225600000
             */
            since: number;
        };
        /** @description A message was pinned, or unpinned. */
        ChatPinned: {
            /**
             * @description The message that is pinned now; absent if none is.
             * @example 7d9b3c52e1a07f4b869d3c52e1a07f4b
             */
            id?: string;
            /** @description That message. */
            message?: components["schemas"]["ChatMessageView"];
        };
        /** @description `chat:pinned` as it travels. */
        ChatPinnedMessage: components["schemas"]["Envelope"] & components["schemas"]["ChatPinned"];
        /** @description A position in the chat's log. */
        ChatPosition: {
            /**
             * @description The epoch that was seen last.
             * @example 9d3c52e1a07f4b86
             */
            epoch: string;
            /**
             * @description The seq that was seen last.
             * @example 41
             */
            last_seq: number;
        };
        /** @description What was missed of the chat. */
        ChatRecovery: {
            /**
             * @description The unbroken run of the chat's log.
             * @example 9d3c52e1a07f4b86
             */
            epoch: string;
            /** @description The events of the chat after the position that was sent, in order. */
            missed: components["schemas"]["MissedChatEvent"][];
            /**
             * @description Whether `missed` has every event since the position that was sent. If not, the snapshot's chat is the truth.
             * @example true
             */
            recovered: boolean;
            /**
             * @description The seq of its newest event.
             * @example 42
             */
            seq: number;
        };
        /** @description Report a message to the station's staff; a second report by the same person changes nothing. */
        ChatReport: {
            /**
             * @description The message.
             * @example 7d9b3c52e1a07f4b869d3c52e1a07f4b
             */
            message: string;
            /**
             * @description The reason.
             * @default
             * @example insult
             */
            reason?: string;
            /**
             * @description The station's slug.
             * @example awaz
             */
            station: string;
        };
        /** @description The ack of `chat:report`. */
        ChatReportAck: components["schemas"]["ChatReportDone"] | components["schemas"]["Refusal"];
        /** @description The ack of `chat:report` that was carried out. */
        ChatReportDone: {
            /**
             * @description Always true.
             * @constant
             */
            ok: true;
        } & components["schemas"]["Acknowledged"];
        /** @description A listener has reported a message. */
        ChatReported: {
            /**
             * @description The name of the person who reported it.
             * @example Sara
             */
            by: string;
            /** @description The message. */
            message: components["schemas"]["ChatMessageView"];
            /**
             * @description The reason; may be empty.
             * @example insult
             */
            reason: string;
        };
        /** @description `chat:report` as it travels. */
        ChatReportedMessage: components["schemas"]["Envelope"] & components["schemas"]["ChatReported"];
        /** @description Messages are shown again, in their old places: a moderator took their deletion back. */
        ChatRestored: {
            /** @description The messages. */
            messages: components["schemas"]["ChatMessageView"][];
        };
        /** @description `chat:restored` as it travels. */
        ChatRestoredMessage: components["schemas"]["Envelope"] & components["schemas"]["ChatRestored"];
        /**
         * @description A person's role where they write: that at the station if they have one, else that on the platform. It is given by the server, and does not follow from a name.
         * @enum {string}
         */
        ChatRole: "admin" | "owner" | "host" | "moderator" | "listener" | "user" | "guest";
        /**
         * @description Write a message. The same `client_id` again is the same message and the same answer.
         *
         *     A text that begins with a slash is a command, such as `/np`; `/help` lists those that one may use. A message that is
         *     to begin with a slash has it twice.
         */
        ChatSend: {
            /**
             * @description A UUID that the client makes for the message.
             * @example 2f1d7c1e-8a0b-4c55-9d0e-6a3f5b7c9d10
             */
            client_id: string;
            /**
             * @description How long after it was on the mount the author hears it, in milliseconds; left out by those who do not listen.
             * @example 3012
             */
            lag_ms?: number;
            /**
             * @description The message that it answers.
             * @example 7d9b3c52e1a07f4b869d3c52e1a07f4b
             */
            reply_to?: string;
            /**
             * @description The station's slug.
             * @example awaz
             */
            station: string;
            /**
             * @description The text: at most 500 characters as people count them, on one line.
             * @example What a voice! @Sara
             */
            text: string;
        };
        /** @description The ack of `chat:send`. */
        ChatSendAck: components["schemas"]["ChatSendDone"] | components["schemas"]["Refusal"];
        /** @description The ack of `chat:send` that was carried out. */
        ChatSendDone: {
            /**
             * @description Always true.
             * @constant
             */
            ok: true;
        } & components["schemas"]["SendAnswer"];
        /** @description Change who may write, and how often; what is left out stays as it is. */
        ChatSetMode: {
            /**
             * @description Whether a guest's first message waits for a moderator.
             * @example false
             */
            hold_new?: boolean;
            /**
             * @description Whether messages with a link are shown, wait for a moderator, or are refused.
             * @example hold
             * @enum {string}
             */
            links?: "allow" | "hold" | "block";
            /**
             * @description Whether people may write while the station is off air.
             * @example true
             */
            off_air?: boolean;
            /**
             * @description True against a raid: ten minutes of slow mode, members only, and links and new people held; false ends that.
             * @example false
             */
            raid?: boolean;
            /**
             * @description Seconds between two messages of one person; 0 for none.
             * @example 10
             */
            slow_s?: number;
            /**
             * @description The station's slug.
             * @example awaz
             */
            station: string;
            /**
             * @description The people who may write.
             * @example members
             * @enum {string}
             */
            who?: "everybody" | "members" | "moderators";
        };
        /** @description The ack of `chat:mode`. */
        ChatSetModeAck: components["schemas"]["ChatSetModeDone"] | components["schemas"]["Refusal"];
        /** @description The ack of `chat:mode` that was carried out. */
        ChatSetModeDone: {
            /**
             * @description Always true.
             * @constant
             */
            ok: true;
        } & components["schemas"]["ModeAnswer"];
        /** @description Change a chat's settings; what is left out stays as it is. */
        ChatSettingsRequest: {
            /**
             * @description For how many days messages are kept.
             * @example 90
             */
            keep_days?: number;
            /**
             * @description Whether event streams, which need no token, have the chat.
             * @example true
             */
            public?: boolean;
            /**
             * @description Words and phrases; messages with one of them wait for a moderator. A `*` at the end stands for any ending.
             * @example [
             *       "spam*",
             *       "buy now"
             *     ]
             */
            words?: string[];
        };
        /** @description A chat's settings that are not in its mode. */
        ChatSettingsView: {
            /**
             * @description For how many days messages are kept.
             * @example 90
             */
            keep_days: number;
            /**
             * @description Whether event streams, which need no token, have the chat.
             * @example true
             */
            public: boolean;
            /**
             * @description Words and phrases; messages with one of them wait for a moderator. A `*` at the end stands for any ending.
             * @example [
             *       "spam*",
             *       "buy now"
             *     ]
             */
            words: string[];
        };
        /** @description A held message was approved or denied, or its author deleted it. */
        ChatSettled: {
            /** @description The messages that wait no longer. */
            ids: string[];
        };
        /** @description `chat:settled` as it travels. */
        ChatSettledMessage: components["schemas"]["Envelope"] & components["schemas"]["ChatSettled"];
        /** @description The chat of a station, true after `seq` of `epoch`. */
        ChatState: {
            /**
             * @description The unbroken run of the chat's log.
             * @example 9d3c52e1a07f4b86
             */
            epoch: string;
            /** @description The newest messages, the oldest of them first. */
            messages: components["schemas"]["ChatMessageView"][];
            mode: components["schemas"]["ChatModeView"];
            /** @description The message that is pinned. */
            pinned?: components["schemas"]["ChatMessageView"];
            /**
             * @description The seq of its newest event.
             * @example 42
             */
            seq: number;
        };
        /** @description The author of a message. */
        ChatUser: {
            /**
             * @description The user's or guest's id.
             * @example guest:4f1b0c9d2e7a5f38
             */
            id: string;
            /**
             * @description The name in this chat, which nobody else has there, nor one that looks like it.
             * @example Sara
             */
            name: string;
            /** @description The role here. */
            role: components["schemas"]["ChatRole"];
        };
        /** @description The `auth` of a client that connects. */
        Connect: {
            /**
             * @description An access token; `POST /api/v1/auth/guest` gives one to anybody.
             * @example eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4In0.c2ln
             */
            token: string;
        };
        /** @description The answer to a refused connect: the `connect_error` of socket.io-client. */
        ConnectError: {
            /** @description The error, for programs. */
            data: components["schemas"]["ErrorBody"];
            /**
             * @description The reason in words, in English.
             * @example the token is not valid
             */
            message: string;
        };
        /** @description Listeners. */
        Counts: {
            /**
             * @description The number of listeners.
             * @example 128
             */
            current: number;
            /**
             * @description The number of listeners.
             * @example 128
             */
            total: number;
            /**
             * @description The number of listeners, who are not told apart.
             * @example 128
             */
            unique: number;
        };
        /** @description One station of a digest. */
        DigestEntry: {
            /**
             * @description The address of its picture on this server, a JPEG; absent if it has none.
             * @example /api/v1/stations/awaz/art?v=5d41402a
             */
            art_url?: string;
            /**
             * @description Its artist, if one is known.
             * @example The Lamps
             */
            artist?: string;
            /**
             * @description Players of the public mounts.
             * @example 128
             */
            listeners: number;
            /**
             * @description The name that people see.
             * @example Awaz
             */
            name: string;
            /** @description The kind of the broadcast that is heard. */
            on_air: components["schemas"]["OnAirKind"];
            /**
             * @description The station's slug.
             * @example awaz
             */
            station: string;
            /**
             * @description The URL of the stream.
             * @example https://radio.example:8000/awaz.mp3
             */
            stream_url: string;
            /** @description Its public mounts, MP3 first; in a digest, only of a station that is new. */
            streams?: components["schemas"]["StreamView"][];
            /**
             * @description The title of the track that is heard; absent while none was sent.
             * @example Chirag
             */
            title?: string;
        };
        /** @description A reference: an OpenAPI or AsyncAPI document. */
        Document: Record<string, never>;
        /** @description The request was carried out. */
        Done: {
            /**
             * @description Always true: a request that failed is answered with an error.
             * @default true
             * @constant
             */
            ok: true;
        };
        /** @description Settings for OBS, butt or ffmpeg. */
        EncoderView: {
            /**
             * @description The media types that are accepted.
             * @example [
             *       "audio/mpeg"
             *     ]
             */
            content_types: ("audio/mpeg" | "audio/aac" | "audio/ogg")[];
            /**
             * @description The host to connect to.
             * @example radio.example
             */
            host: string;
            /**
             * @description The mount to send to.
             * @example /ingest/awaz
             */
            mount: string;
            /**
             * @description The port to connect to.
             * @example 8000
             */
            port: number;
            /**
             * @description The mount for the next host, who connects while another one is on air.
             * @example /ingest/awaz/b
             */
            second_mount: string;
            /**
             * @description The whole address, with a placeholder for the key.
             * @example icecast://source:KEY@radio.example:8000/ingest/awaz
             */
            url: string;
            /**
             * @description The user name; any will do, the key decides.
             * @example source
             */
            user: string;
        };
        /** @description The fields in front of every event of a station. */
        Envelope: {
            /**
             * @description When it was sent, in unix milliseconds by the server's clock.
             * @example 1767225600000
             */
            at: number;
            /**
             * @description The unbroken run of the log: another one means that events may have been missed.
             * @example 9d3c52e1a07f4b86
             */
            epoch: string;
            /**
             * @description The position in the log: the event's own if it is ordered, else the newest one.
             * @example 42
             */
            seq: number;
            /**
             * @description The station's slug.
             * @example awaz
             */
            station: string;
        };
        /** @description The body of every HTTP answer that is not 2xx. */
        ErrorAnswer: {
            /** @description What went wrong. */
            error: components["schemas"]["ErrorBody"];
        };
        /**
         * @description What went wrong: in acks, in HTTP answers as `error`, and in the `data` of a refused handshake.
         * @example {
         *       "code": "too_fast",
         *       "message": "too many attempts: try again in 3 seconds",
         *       "retry_after": 2.5,
         *       "retryable": true
         *     }
         */
        ErrorBody: {
            /** @description With `banned`: the ban. */
            ban?: components["schemas"]["BanNotice"];
            /** @description For programs. A client treats a code that it does not know by the HTTP status, or like `internal`. */
            code: components["schemas"]["ErrorCode"];
            /**
             * @description For people, in English.
             * @example station: must be lower-case letters, digits and hyphens
             */
            message: string;
            /**
             * @description Seconds after which trying again makes sense, if that is known.
             * @example 2.5
             */
            retry_after?: number;
            /** @description Whether the same request may succeed later. */
            retryable: boolean;
        };
        /**
         * @description An error's code, with its HTTP status and meaning:
         *
         *     * `invalid_input` (400): the request is not what the route or event takes; the message says what is wrong.
         *     * `unauthenticated` (401): there is no token, or it is not valid.
         *     * `forbidden` (403): the permission is missing.
         *     * `banned` (403): the person is banned, until the ban ends or is lifted.
         *     * `timed_out` (403): the person may not write in the chat; try again after `retry_after` seconds.
         *     * `not_found` (404): there is no such station, user or other thing, or nothing at that address.
         *     * `unknown_event` (404): there is no event of that name.
         *     * `timeout` (408): the request or its answer took too long.
         *     * `conflict` (409): it exists already, or the state does not allow it.
         *     * `too_large` (413): the body is over its limit.
         *     * `too_fast` (429): a quota is used up; try again after `retry_after` seconds.
         *     * `internal` (500): a fault of the server.
         *     * `busy` (503): the server is at its limit; try again after `retry_after` seconds.
         *     * `upstream` (503): Icecast, Liquidsoap or the database does not answer; nothing was changed.
         *     * `not_ready` (503): something that the server needs is missing.
         *     * `no_space` (507): the station's library or the server's disk is full.
         * @enum {string}
         */
        ErrorCode: "invalid_input" | "unauthenticated" | "forbidden" | "banned" | "timed_out" | "not_found" | "unknown_event" | "conflict" | "too_large" | "timeout" | "too_fast" | "busy" | "upstream" | "not_ready" | "no_space" | "internal";
        /** @description The next 24 hours, if nobody changes anything. */
        ForecastView: {
            /** @description The items in the order in which they would be heard, without the one on air. */
            items: components["schemas"]["QueueItem"][];
            /**
             * @description How many of the items, from the first on, are in the queue; what follows is what AutoDJ would choose now.
             * @example 100
             */
            planned: number;
        };
        /**
         * @description The server is stopping, or restarting, and closes the connection next.
         *
         *     Each client gets another time, so that they do not all come back at once.
         */
        GoingAway: {
            /**
             * @description Milliseconds to wait before connecting again.
             * @example 4200
             */
            retry_after_ms: number;
        };
        /**
         * @description Put a source or a recording on air; what is left out of the fields that listeners see stays as it is.
         * @example {
         *       "show": "Evening raga",
         *       "source": "encoder",
         *       "title": "An evening of ghazals"
         *     }
         */
        GoLiveRequest: {
            /**
             * @description The description of the broadcast.
             * @example Two hours of ghazals, with your wishes.
             */
            description?: string;
            /**
             * @description The host's name; without it, that of the stream key's holder, or of who puts an `upload` on air.
             * @example Sara
             */
            host?: string;
            /** @description Which encoder or browser, where both could be meant. */
            id?: components["schemas"]["SourceId"];
            /**
             * @description The playlist that is an `upload`: in its order, and once.
             * @example 7c9e6679f4a2b3d10e5f8a6b
             */
            playlist_id?: string;
            /**
             * @description The broadcast that is on air and ends now: without it, nobody else is interrupted.
             * @example 4f1b0c9d2e7a5f38
             */
            replaces?: string;
            /**
             * @description The show.
             * @example Evening raga
             */
            show?: string;
            /** @description The kind of source that goes on air. */
            source: components["schemas"]["GoLiveSource"];
            /**
             * @description The title of the broadcast, shown while its encoder sends no titles; without it, an `upload` has its own name.
             * @example Chirag
             */
            title?: string;
            /**
             * @description The track that is an `upload`.
             * @example 4f1b0c9d2e7a5f38
             */
            track_id?: string;
        };
        /**
         * @description What goes on air: an `encoder`, the microphone of a `browser`, or an `upload`: a track or a playlist of the library as a broadcast of its own.
         * @enum {string}
         */
        GoLiveSource: "encoder" | "browser" | "upload";
        /** @description Get a guest's tokens. */
        GuestRequest: {
            /**
             * @description The name that others see; one is made up without it.
             * @example Sara
             */
            name?: string;
        };
        /** @description The server's clock, and the positions that the client should have reached. */
        HeartbeatAnswer: {
            /**
             * @description The same of the chats' logs.
             * @example {
             *       "awaz": 107
             *     }
             */
            chat_seqs: {
                [key: string]: number;
            };
            /**
             * @description The newest seq that was delivered, of each station that the socket follows.
             * @example {
             *       "awaz": 42
             *     }
             */
            seqs: {
                [key: string]: number;
            };
            /**
             * @description The server's clock in unix milliseconds.
             * @example 1767225600000
             */
            server_time: number;
            /**
             * @description The `t` of the request, unchanged.
             * @example 1767225600000
             */
            t: number;
        };
        /** @description The messages that wait for a moderator. */
        HeldAnswer: {
            /** @description The messages, the oldest first. */
            messages: components["schemas"]["ChatMessageView"][];
        };
        /** @description A station's plays, the newest first. */
        HistoryPage: {
            /** @description The items. */
            items: components["schemas"]["PlayView"][];
            /**
             * @description The `cursor` of the next page; absent on the last one.
             * @example 1767225600000.17
             */
            next?: string;
        };
        /**
         * @description A second encoder was refused, or one with a key that does not open the station, or that is locked since its encoder was disconnected; the pipeline was frozen and is restarted, or does not respond; the source on air was gone for some seconds, or sends no sound.
         * @enum {string}
         */
        IncidentKind: "second_encoder" | "wrong_key" | "locked_key" | "pipeline_frozen" | "pipeline_trouble" | "source_lost" | "dead_air";
        /** @description Something that went wrong. */
        IncidentView: {
            /**
             * @description Where the encoder that it is about connects from, if that is known.
             * @example 81.2.3.4
             */
            address?: string;
            /**
             * @description When, in unix milliseconds.
             * @example 1767225600000
             */
            at: number;
            /** @description The kind of problem, for programs. */
            kind: components["schemas"]["IncidentKind"];
            /**
             * @description The problem in words, in English.
             * @example Another encoder tried to go live, and was refused.
             */
            message: string;
        };
        /** @description Like something, once a person; or take that back. */
        InteractionLike: {
            /**
             * @description How long after it was on the mount the person hears it, in milliseconds; left out by those who do not listen.
             * @example 3012
             */
            lag_ms?: number;
            /**
             * @description The station's slug.
             * @example awaz
             */
            station: string;
            /** @description What is liked. */
            target: components["schemas"]["LikeTarget"];
            /**
             * @description True to take it back.
             * @example true
             */
            undo?: boolean;
        };
        /** @description The ack of `interaction:like`. */
        InteractionLikeAck: components["schemas"]["InteractionLikeDone"] | components["schemas"]["Refusal"];
        /** @description The ack of `interaction:like` that was carried out. */
        InteractionLikeDone: {
            /**
             * @description Always true.
             * @constant
             */
            ok: true;
        } & components["schemas"]["LikeAnswer"];
        /** @description React to what is heard; counted, and not stored. */
        InteractionReact: {
            /** @description The reaction. */
            kind: components["schemas"]["ReactionKind"];
            /**
             * @description The station's slug.
             * @example awaz
             */
            station: string;
        };
        /** @description The ack of `interaction:react`. */
        InteractionReactAck: components["schemas"]["InteractionReactDone"] | components["schemas"]["Refusal"];
        /** @description The ack of `interaction:react` that was carried out. */
        InteractionReactDone: {
            /**
             * @description Always true.
             * @constant
             */
            ok: true;
        } & components["schemas"]["Acknowledged"];
        /** @description Invite the first user who opens the link. */
        InvitationRequest: {
            /**
             * @description Seconds that the link works.
             * @default 604800
             */
            expires_in?: number;
            /**
             * @description Words to the person invited.
             * @default
             * @example We'd love to have you on Fridays at nine.
             */
            message?: string;
            /**
             * @description A note for those who run the station, such as the name of the person invited; cut at 80 bytes.
             * @default
             * @example for Ali
             */
            note?: string;
            /** @description The role that accepting it gives. */
            role: components["schemas"]["StationRole"];
        };
        /** @description A station's invitations. */
        InvitationsAnswer: {
            /** @description The invitations, the newest first. */
            invitations: components["schemas"]["InvitationView"][];
        };
        /**
         * @description An invitation.
         * @example {
         *       "created_at": 1767225600000,
         *       "expires_at": 1767830400000,
         *       "id": "4f1b0c9d2e7a5f38",
         *       "made_by": "Sara",
         *       "note": "for Ali",
         *       "role": "host",
         *       "state": "open",
         *       "url": "https://radio.example/studio#invitation=kQ3vX0n2b7Jw5Zr8"
         *     }
         */
        InvitationView: {
            /**
             * @description The name of the person who accepted it, if anybody has.
             * @example Sara
             */
            accepted_by?: string;
            /**
             * @description When it was made, in unix milliseconds.
             * @example 1767225600000
             */
            created_at: number;
            /**
             * @description When it stops working, in unix milliseconds.
             * @example 1767225600000
             */
            expires_at: number;
            /**
             * @description The id to withdraw the invitation with.
             * @example 4f1b0c9d2e7a5f38
             */
            id: string;
            /**
             * @description The name of the person who made it.
             * @example Sara
             */
            made_by: string;
            /**
             * @description Their note; may be empty.
             * @example for Ali
             */
            note: string;
            /** @description The role that accepting it gives. */
            role: components["schemas"]["StationRole"];
            /**
             * @description Whether it can still be accepted.
             * @enum {string}
             */
            state: "open" | "accepted" | "expired" | "withdrawn";
            /**
             * @description The link; only in the answer that creates it.
             * @example https://radio.example/studio#invitation=TOKEN
             */
            url?: string;
        };
        /** @description The station as it is now, and what was missed. */
        JoinAnswer: {
            /** @description What was missed of the chat; absent if no position of it was sent. */
            chat?: components["schemas"]["ChatRecovery"];
            /** @description The events after the position that was sent, in order. */
            missed: components["schemas"]["MissedEvent"][];
            /**
             * @description Whether `missed` has every event since the position that was sent. If not, the snapshot is the truth.
             * @example true
             */
            recovered: boolean;
            /** @description The station, true after the newest event of its log. */
            snapshot: components["schemas"]["Snapshot"];
        };
        JsonValue: unknown;
        /** @description Create a stream key. */
        KeyRequest: {
            /**
             * @description A note on where it is used.
             * @default
             * @example studio laptop
             */
            label?: string;
            /**
             * @description The login of its holder, who becomes a host if they have no role there; your own if absent.
             * @example sara
             */
            login?: string;
        };
        /** @description A station's stream keys. */
        KeysAnswer: {
            /** @description The keys, the oldest first. */
            keys: components["schemas"]["KeyView"][];
        };
        /**
         * @description A stream key.
         * @example {
         *       "created_at": 1767225600000,
         *       "host": "Sara",
         *       "id": "4f1b0c9d2e7a5f38",
         *       "key": "2f1c7a90d3be5c48a6f0917be2d4c3a58f60b712",
         *       "label": "studio laptop",
         *       "login": "sara",
         *       "url": "icecast://source:2f1c7a90d3be5c48a6f0917be2d4c3a58f60b712@radio.example:8000/ingest/awaz"
         *     }
         */
        KeyView: {
            /**
             * @description When it was made, in unix milliseconds.
             * @example 1767225600000
             */
            created_at: number;
            /**
             * @description The host's name.
             * @example Sara
             */
            host: string;
            /**
             * @description The id to revoke the key with.
             * @example 4f1b0c9d2e7a5f38
             */
            id: string;
            /**
             * @description The key itself; only in the answer that creates it.
             * @example 2f1c7a90d3be5c48a6f0917be2d4c3a58f60b712
             */
            key?: string;
            /**
             * @description A note on where it is used; may be empty.
             * @example studio laptop
             */
            label: string;
            /**
             * @description When an encoder came in with it last, in unix milliseconds; absent if none ever did.
             * @example 1767225600000
             */
            last_used_at?: number;
            /**
             * @description The host's login.
             * @example sara
             */
            login: string;
            /**
             * @description When it was revoked, in unix milliseconds; absent while it works.
             * @example 1767225600000
             */
            revoked_at?: number;
            /**
             * @description The encoder's whole address; only in the answer that creates the key.
             * @example icecast://source:KEY@radio.example:8000/ingest/awaz
             */
            url?: string;
        };
        /** @description The source is disconnected. */
        KickAnswer: {
            /**
             * @description When its stream key works again, in unix milliseconds; absent if it is not known which key it used.
             * @example 1767225600000
             */
            locked_until?: number;
        };
        /** @description Disconnect a source, and keep its stream key from connecting again for some time. */
        KickRequest: {
            /**
             * @description How long its stream key opens nothing.
             * @example 300
             */
            seconds: number;
            /** @description The source. */
            source: components["schemas"]["SourceId"];
        };
        /**
         * @description A kind of broadcast: a host with an encoder, an uploaded recording, or AutoDJ.
         * @enum {string}
         */
        Kind: "live" | "upload" | "autodj";
        /** @description Tracks or playlists have changed: ask for those that you show. Sent to those who run the station. */
        LibraryChanged: {
            /**
             * @description `playlists` also when tracks were put into one, moved or taken out.
             * @enum {string}
             */
            what: "tracks" | "playlists";
        };
        /** @description `library:changed` as it travels. */
        LibraryChangedMessage: components["schemas"]["Envelope"] & components["schemas"]["LibraryChanged"];
        /** @description The like is committed, or taken back. */
        LikeAnswer: {
            /**
             * @description By how many it is liked.
             * @example 37
             */
            count: number;
            /** @description Whether the person likes it now. */
            liked: boolean;
        };
        /** @description What is liked. */
        Liked: {
            /**
             * @description Its id.
             * @example 9d3c52e1a07f4b86
             */
            id: string;
            /** @description The kind of it. */
            kind: components["schemas"]["TargetKind"];
        };
        /** @description The count of likes of something changed; sent at most once a second for each of them. */
        LikesChanged: {
            /**
             * @description By how many.
             * @example 37
             */
            count: number;
            /** @description The frame that was heard by the person who liked it last; absent if they did not listen, or it is not known. */
            position?: components["schemas"]["AudioPositionView"];
            target: components["schemas"]["Liked"];
        };
        /** @description `interaction:likes` as it travels. */
        LikesChangedMessage: components["schemas"]["Envelope"] & components["schemas"]["LikesChanged"];
        /** @description What is to be liked. */
        LikeTarget: {
            /**
             * @description Its id.
             * @example 9d3c52e1a07f4b86
             */
            id: string;
            /** @description The kind of it. */
            kind: components["schemas"]["TargetKind"];
        };
        /** @description A link for a station's page. */
        LinkRequest: {
            /**
             * @description The text of the link; its host if empty.
             * @example Instagram
             */
            name: string;
            /**
             * @description Its address, of http or https, in ASCII: other letters in Punycode and percent-encoded.
             * @example https://instagram.example/awaz
             */
            url: string;
        };
        /** @description A link on a station's page. */
        LinkView: {
            /**
             * @description The text of the link.
             * @example Instagram
             */
            name: string;
            /**
             * @description Its address, of http or https.
             * @example https://instagram.example/awaz
             */
            url: string;
        };
        /** @description How the listeners on web pages play, as their pages have reported in the last minute. */
        ListenersInSync: {
            /**
             * @description Those that play as ordinary players do.
             * @example 2
             */
            approximate: number;
            /** @description How far those in sync are from what they are to play; absent while none is. */
            error_ms?: components["schemas"]["Spread"];
            /**
             * @description The time from sending the live source to hearing it; half of the pages hear it within that. Absent while nothing
             *     is live, and until it was measured.
             * @example 4100
             */
            heard_after_ms?: number;
            /** @description How long after it was on the mount they hear it; absent while nobody does. */
            latency_ms?: components["schemas"]["Spread"];
            /**
             * @description The pages that play the station.
             * @example 14
             */
            pages: number;
            /**
             * @description Those of them that play in sync with each other.
             * @example 12
             */
            synced: number;
        };
        /** @description The live host. */
        Live: {
            /** @description Always null. */
            art: null;
            /** @description When the live broadcast began, in unix seconds; null if nobody is live. */
            broadcast_start: number | null;
            /** @description Whether a host is on air. */
            is_live: boolean;
            /**
             * @description The host; empty if nobody is live.
             * @example Sara
             */
            streamer_name: string;
        };
        /** @description Sign in with a password. */
        LoginRequest: {
            /**
             * @description The `device` of an earlier answer to this request.
             * @example eyJhbGciOiJIUzI1NiJ9.eyJkZXYiOiJkMSJ9.c2ln
             */
            device?: string;
            /**
             * @description The user's login.
             * @example sara
             */
            login: string;
            /**
             * @description The user's password.
             * @example correct horse battery staple
             */
            password: string;
        };
        /** @description End this session, or all of the user's. */
        LogoutRequest: {
            /**
             * @description Whether all of the user's sessions end.
             * @default false
             */
            everywhere?: boolean;
        };
        /** @description The most liked plays of a station. */
        LovedAnswer: {
            /** @description The plays, the most liked first. */
            plays: components["schemas"]["LovedPlay"][];
        };
        /** @description A play that somebody liked. */
        LovedPlay: {
            /**
             * @description The artist; may be empty.
             * @example The Lamps
             */
            artist: string;
            /**
             * @description By how many it is liked.
             * @example 37
             */
            likes: number;
            /**
             * @description The id of this one playing of the track.
             * @example 4f1b0c9d2e7a5f38
             */
            play_id: string;
            /**
             * @description When it began, in unix milliseconds.
             * @example 1767225600000
             */
            started_at: number;
            /**
             * @description The title.
             * @example Chirag
             */
            title: string;
        };
        /** @description The user or guest that a token stands for, with the roles at stations. */
        Me: {
            /**
             * @description Whether the user may create stations.
             * @example false
             */
            creates_stations: boolean;
            /**
             * @description The id, which never changes.
             * @example 4f1b0c9d2e7a5f38
             */
            id: string;
            /**
             * @description The name that others see.
             * @example Sara
             */
            name: string;
            /**
             * @description The role on the platform.
             * @example user
             */
            role: components["schemas"]["PlatformRole"];
            /**
             * @description The roles at stations, by slug.
             * @example {
             *       "awaz": "host"
             *     }
             */
            stations: {
                [key: string]: components["schemas"]["StationRole"];
            };
        };
        /** @description Set a user's role at a station. */
        MemberRequest: {
            /**
             * @description The user's login.
             * @example sara
             */
            login: string;
            /** @description The new role. */
            role: components["schemas"]["StationRole"];
        };
        /** @description The members of a station. */
        MembersAnswer: {
            /** @description The members, from the most to the least powerful. */
            members: components["schemas"]["MemberView"][];
        };
        /** @description A user with a role at a station. */
        MemberView: {
            /**
             * @description The user's login.
             * @example sara
             */
            login: string;
            /**
             * @description The name that others see.
             * @example Sara
             */
            name: string;
            /** @description The role at the station. */
            role: components["schemas"]["StationRole"];
            /**
             * @description The user's id.
             * @example 4f1b0c9d2e7a5f38
             */
            user_id: string;
        };
        /** @description Set the title that is heard now, or the show and the host; absent fields keep their value, and one is needed. */
        MetadataRequest: {
            /**
             * @description The artist.
             * @example The Lamps
             */
            artist?: string;
            /**
             * @description The host's name.
             * @example Sara
             */
            host?: string;
            /**
             * @description The show.
             * @example Evening raga
             */
            show?: string;
            /**
             * @description The title, with at least one visible character.
             * @example Lamp
             */
            title?: string;
        };
        /** @description The listeners of a minute. */
        MinuteView: {
            /**
             * @description When it began, in unix milliseconds.
             * @example 1767225600000
             */
            at: number;
            /**
             * @description How many there were at its end.
             * @example 214
             */
            listeners: number;
            /**
             * @description The greatest number in it.
             * @example 214
             */
            peak: number;
        };
        /** @description `chat:deleted`, which was missed. */
        MissedChatDeleted: {
            /** @description Its body, as it was sent. */
            data: components["schemas"]["ChatDeletedMessage"];
            /**
             * @description The name of the event.
             * @constant
             */
            event: "chat:deleted";
        };
        /** @description `chat:edited`, which was missed. */
        MissedChatEdited: {
            /** @description Its body, as it was sent. */
            data: components["schemas"]["ChatEditedMessage"];
            /**
             * @description The name of the event.
             * @constant
             */
            event: "chat:edited";
        };
        /** @description An event that was missed. */
        MissedChatEvent: components["schemas"]["MissedChatDeleted"] | components["schemas"]["MissedChatEdited"] | components["schemas"]["MissedChatMessage"] | components["schemas"]["MissedChatModeChanged"] | components["schemas"]["MissedChatPinned"] | components["schemas"]["MissedChatRestored"];
        /** @description `chat:message`, which was missed. */
        MissedChatMessage: {
            /** @description Its body, as it was sent. */
            data: components["schemas"]["ChatMessageMessage"];
            /**
             * @description The name of the event.
             * @constant
             */
            event: "chat:message";
        };
        /** @description `chat:mode`, which was missed. */
        MissedChatModeChanged: {
            /** @description Its body, as it was sent. */
            data: components["schemas"]["ChatModeChangedMessage"];
            /**
             * @description The name of the event.
             * @constant
             */
            event: "chat:mode";
        };
        /** @description `chat:pinned`, which was missed. */
        MissedChatPinned: {
            /** @description Its body, as it was sent. */
            data: components["schemas"]["ChatPinnedMessage"];
            /**
             * @description The name of the event.
             * @constant
             */
            event: "chat:pinned";
        };
        /** @description `chat:restored`, which was missed. */
        MissedChatRestored: {
            /** @description Its body, as it was sent. */
            data: components["schemas"]["ChatRestoredMessage"];
            /**
             * @description The name of the event.
             * @constant
             */
            event: "chat:restored";
        };
        /** @description An event that was missed. */
        MissedEvent: components["schemas"]["MissedStationChanged"] | components["schemas"]["MissedStreamMetadata"] | components["schemas"]["MissedStreamStarted"] | components["schemas"]["MissedStreamStopped"];
        /** @description `station:changed`, which was missed. */
        MissedStationChanged: {
            /** @description Its body, as it was sent. */
            data: components["schemas"]["StationChangedMessage"];
            /**
             * @description The name of the event.
             * @constant
             */
            event: "station:changed";
        };
        /** @description `stream:metadata`, which was missed. */
        MissedStreamMetadata: {
            /** @description Its body, as it was sent. */
            data: components["schemas"]["StreamMetadataMessage"];
            /**
             * @description The name of the event.
             * @constant
             */
            event: "stream:metadata";
        };
        /** @description `stream:started`, which was missed. */
        MissedStreamStarted: {
            /** @description Its body, as it was sent. */
            data: components["schemas"]["StreamStartedMessage"];
            /**
             * @description The name of the event.
             * @constant
             */
            event: "stream:started";
        };
        /** @description `stream:stopped`, which was missed. */
        MissedStreamStopped: {
            /** @description Its body, as it was sent. */
            data: components["schemas"]["StreamStoppedMessage"];
            /**
             * @description The name of the event.
             * @constant
             */
            event: "stream:stopped";
        };
        /** @description The mode now. */
        ModeAnswer: {
            /** @description The mode now. */
            mode: components["schemas"]["ChatModeView"];
        };
        /**
         * @description Delete a `message`, or all of a `user`; keep a user from writing (`timeout`) or from the station (`ban`) for some `seconds`, or end both (`unban`); show or deny a held message; pin a message, or unpin the pinned one; leave a reported message as it is (`dismiss`); or take back what was done (`undo`).
         * @enum {string}
         */
        ModerateAction: "delete" | "delete_all" | "timeout" | "ban" | "unban" | "approve" | "deny" | "pin" | "unpin" | "dismiss" | "undo";
        /**
         * @description The action was carried out.
         * @example {
         *       "undo": "b2c4d6e8f0a1b3c5"
         *     }
         */
        ModerateAnswer: {
            /**
             * @description Takes it back for five seconds: `{action: "undo", undo: <this>}`. Absent where there is nothing to undo.
             * @example b2c4d6e8f0a1b3c5
             */
            undo?: string;
        };
        /** @description A mount of a station. */
        Mount: {
            /**
             * @description The bitrate in kbit/s.
             * @example 128
             */
            bitrate: number;
            /**
             * @description The format of its audio.
             * @example mp3
             * @enum {string}
             */
            format: "mp3" | "aac";
            /**
             * @description Whether it is the one at the station's `listen_url`.
             * @example true
             */
            is_default: boolean;
            /** @description The listeners of all the station's mounts for the default one, and none for the others. */
            listeners: components["schemas"]["Counts"];
            /**
             * @description Its path on Icecast.
             * @example /awaz.mp3
             */
            path: string;
            /**
             * @description The URL of the stream.
             * @example https://radio.example:8000/awaz.mp3
             */
            url: string;
        };
        /** @description Move an item of the queue. */
        MoveRequest: {
            /**
             * @description The item that it comes before; without it, it goes to the end.
             * @example 4f1b0c9d2e7a5f38
             */
            before?: string;
        };
        /** @description A station's broadcast, track, quality and number of listeners now. */
        NowPlayingView: {
            /** @description The broadcast that is heard; absent while the station is off air. */
            broadcast?: components["schemas"]["BroadcastView"];
            /** @description The counts. */
            listeners: components["schemas"]["StreamListeners"];
            /** @description The show, the host and the track; absent while the station is off air. */
            metadata?: components["schemas"]["StreamMetadata"];
            /** @description The kind of the broadcast that is heard. */
            on_air: components["schemas"]["OnAirKind"];
            /** @description The quality of the signal. */
            quality: components["schemas"]["StreamQuality"];
            /** @description The station. */
            station: components["schemas"]["StationView"];
        };
        /** @description The offer of an invitation. */
        OfferView: {
            /**
             * @description The name of the person who made it.
             * @example Sara
             */
            made_by: string;
            /**
             * @description Their words to the person invited; may be empty.
             * @example We'd love to have you on Fridays at nine.
             */
            message: string;
            /** @description The role that accepting it gives. */
            role: components["schemas"]["StationRole"];
            /**
             * @description Whether it can still be accepted.
             * @enum {string}
             */
            state: "open" | "accepted" | "expired" | "withdrawn";
            /**
             * @description The station's slug.
             * @example awaz
             */
            station: string;
            /**
             * @description The station's name.
             * @example Sara
             */
            station_name: string;
        };
        /**
         * @description The kind of the broadcast that is heard; `offair` while there is none.
         * @enum {string}
         */
        OnAirKind: "live" | "upload" | "autodj" | "offair";
        /** @description Change the password; all other sessions of the user end. */
        PasswordRequest: {
            /**
             * @description The password until now.
             * @example correct horse battery staple
             */
            current: string;
            /**
             * @description The new password; the login, or one character repeated, is refused.
             * @example correct horse battery staple
             */
            password: string;
        };
        /** @description An action about a person, from the audit log. */
        PastAction: {
            /**
             * @description The action, as `noun.verb`.
             * @example timeout.add
             */
            action: string;
            /**
             * @description When it was done, in unix milliseconds.
             * @example 1767225600000
             */
            at: number;
            /**
             * @description The name of the person who did it.
             * @example Sara
             */
            by: string;
            /**
             * @description The reason; may be empty.
             * @default
             * @example spam
             */
            reason: string;
        };
        /** @description The waveform of a track. */
        PeaksView: {
            /**
             * @description Their heights, a byte each from 0 to 255, in base64.
             * @example AAMSJk1h
             */
            peaks: string;
            /**
             * @description Peaks for each second.
             * @example 20
             */
            peaks_per_s: number;
        };
        /** @description The people who follow a station now. */
        PeopleAnswer: {
            /** @description Those who follow the station through this server, each once, by name; the first 500. */
            people: components["schemas"]["PersonView"][];
        };
        /** @description Everything that is kept of a person. */
        PersonalExport: {
            /**
             * @description Lists of facts by what they are about, such as `account`, `roles`, `sessions`, `chat` and `likes`.
             * @example {
             *       "chat": [
             *         {
             *           "station": "awaz",
             *           "text": "What a voice!",
             *           "written_at": 1767225600000
             *         }
             *       ]
             *     }
             */
            data: {
                [key: string]: {
                    [key: string]: components["schemas"]["JsonValue"];
                }[];
            };
            /**
             * @description When the copy was made, in unix milliseconds.
             * @example 1767225600000
             */
            exported_at: number;
        };
        /** @description Somebody who has a station's page open, or follows it with another program. */
        PersonView: {
            /**
             * @description The name that others see.
             * @example Sara
             */
            name: string;
            /** @description The role on the platform. */
            role: components["schemas"]["PlatformRole"];
            /**
             * @description The user's or guest's id, to ban them by.
             * @example guest:4f1b0c9d2e7a5f38
             */
            user_id: string;
        };
        /** @description The queue with an item that was just placed. */
        PlacedView: {
            /** @description Whether the station's pipeline follows this version; it does so within a second, and when it is back. */
            applied: boolean;
            /**
             * @description The id of that item.
             * @example 4f1b0c9d2e7a5f38
             */
            item: string;
            /** @description The items that follow, in order. */
            items: components["schemas"]["QueueItem"][];
            /** @description The item on air; absent while a host is live, or there is no music. */
            now?: components["schemas"]["QueueItem"];
            /**
             * @description It rises with each edit, and with each choice of AutoDJ.
             * @example 17
             */
            version: number;
        };
        /** @description The stations that changed, at most every two seconds, for sockets that sent `platform:watch`. */
        PlatformDigest: {
            /** @description The slugs of stations that are there no more, if there are any. */
            removed?: string[];
            /** @description The stations that changed. */
            stations: components["schemas"]["DigestEntry"][];
        };
        /**
         * @description A role on the platform: an `admin` runs it, a `user` has an account, a `guest` has none.
         * @enum {string}
         */
        PlatformRole: "admin" | "user" | "guest";
        /** @description End `platform:watch`. */
        PlatformUnwatch: Record<string, never>;
        /** @description The ack of `platform:unwatch`. */
        PlatformUnwatchAck: components["schemas"]["PlatformUnwatchDone"] | components["schemas"]["Refusal"];
        /** @description The ack of `platform:unwatch` that was carried out. */
        PlatformUnwatchDone: {
            /**
             * @description Always true.
             * @constant
             */
            ok: true;
        } & components["schemas"]["Acknowledged"];
        /** @description Receive `stream:started` and `stream:stopped` of every public station without joining, and digests. */
        PlatformWatch: Record<string, never>;
        /** @description The ack of `platform:watch`. */
        PlatformWatchAck: components["schemas"]["PlatformWatchDone"] | components["schemas"]["Refusal"];
        /** @description The ack of `platform:watch` that was carried out. */
        PlatformWatchDone: {
            /**
             * @description Always true.
             * @constant
             */
            ok: true;
        } & components["schemas"]["WatchAnswer"];
        /** @description One playlist. */
        PlaylistAnswer: {
            /** @description The playlist. */
            playlist: components["schemas"]["PlaylistView"];
        };
        /** @description Move tracks of a playlist; they keep their order. */
        PlaylistMove: {
            /**
             * @description The id of the track that they come before; without it, they go to the end.
             * @example 4f1b0c9d2e7a5f38
             */
            before?: string;
            /**
             * @description Their ids.
             * @example [
             *       "4f1b0c9d2e7a5f38"
             *     ]
             */
            ids: string[];
        };
        /** @description Change a playlist; what is left out stays, and one is needed. */
        PlaylistPatch: {
            /**
             * @description Its name, which no other playlist of the station has.
             * @example Evenings
             */
            name?: string;
            /**
             * @description The order in which AutoDJ plays its tracks.
             * @example sequence
             * @enum {string}
             */
            order?: "shuffle" | "sequence";
            /**
             * @description How many of its tracks AutoDJ plays for each one of a playlist with weight 1; 0 for none.
             * @example 3
             */
            weight?: number;
        };
        /** @description Make a playlist, without tracks. */
        PlaylistRequest: {
            /**
             * @description Its name, which no other playlist of the station has.
             * @example Evenings
             */
            name: string;
            /**
             * @description The order in which AutoDJ plays its tracks.
             * @default shuffle
             * @example shuffle
             * @enum {string}
             */
            order?: "shuffle" | "sequence";
            /**
             * @description How many of its tracks AutoDJ plays for each one of a playlist with weight 1; 0 for none.
             * @default 1
             * @example 3
             */
            weight?: number;
        };
        /** @description The playlists of a station. AutoDJ plays from all tracks while none of them has a weight and tracks. */
        PlaylistsView: {
            /** @description The playlists, by name. */
            items: components["schemas"]["PlaylistView"][];
        };
        /** @description The tracks that a request was carried out for, and the playlist as it is then. */
        PlaylistTracksAnswer: {
            /**
             * @description Their ids.
             * @example [
             *       "4f1b0c9d2e7a5f38"
             *     ]
             */
            ids: string[];
            /** @description The playlist. */
            playlist: components["schemas"]["PlaylistView"];
        };
        /** @description Tracks of a playlist, in order. */
        PlaylistTracksPage: {
            /** @description The items. */
            items: components["schemas"]["TrackView"][];
            /**
             * @description The `cursor` of the next page; absent on the last one.
             * @example 49
             */
            next?: string;
        };
        /** @description A playlist of a station. */
        PlaylistView: {
            /**
             * @description When it was made, in unix milliseconds.
             * @example 1767225600000
             */
            created_at: number;
            /**
             * @description How long they last together, in milliseconds.
             * @example 10206000
             */
            duration_ms: number;
            /**
             * @description The playlist's id.
             * @example 4f1b0c9d2e7a5f38
             */
            id: string;
            /**
             * @description Its name.
             * @example Evenings
             */
            name: string;
            /**
             * @description `sequence` plays its tracks in order, round and round; `shuffle` plays those first that were not heard lately.
             * @example shuffle
             * @enum {string}
             */
            order: "shuffle" | "sequence";
            /**
             * @description How many tracks it has.
             * @example 42
             */
            tracks: number;
            /**
             * @description How many of its tracks AutoDJ plays for each one of a playlist with weight 1; 0 if it plays none of them.
             * @example 3
             */
            weight: number;
        };
        /** @description One play of the history. */
        PlayView: {
            /**
             * @description The album, if it is known.
             * @example Lamps of Lahore
             */
            album?: string;
            /**
             * @description Empty if none is known.
             * @example The Lamps
             */
            artist: string;
            /**
             * @description When it ended, in unix milliseconds; absent while it is heard.
             * @example 1767225600000
             */
            ended_at?: number;
            /**
             * @description The host's name then; absent for AutoDJ.
             * @example Sara
             */
            host?: string;
            /** @description The kind of broadcast that it was played in. */
            kind: components["schemas"]["Kind"];
            /**
             * @description The id of this one playing of the track.
             * @example 4f1b0c9d2e7a5f38
             */
            play_id: string;
            /**
             * @description The show, if it was known.
             * @example Evening raga
             */
            show?: string;
            /**
             * @description When it began, in unix milliseconds.
             * @example 1767225600000
             */
            started_at: number;
            /**
             * @description The title of the track.
             * @example Chirag
             */
            title: string;
        };
        /** @description An address that needs no token, for players. */
        PreviewAnswer: {
            /**
             * @description Seconds for which it is valid.
             * @example 3600
             */
            expires_in: number;
            /**
             * @description The address of the track's file; it answers to ranges.
             * @example /api/v1/stations/awaz/tracks/4f1b0c9d2e7a5f38/preview?key=eyJhbGciOi…
             */
            url: string;
        };
        /** @description Hear a source before it is on air. */
        PreviewRequest: {
            /**
             * @description The source.
             * @default a
             */
            source?: components["schemas"]["SourceId"];
        };
        /** @description The subscription. */
        PushAnswer: {
            /**
             * @description Its id, by which it is ended.
             * @example 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
             */
            id: string;
        };
        /** @description The key of this server. */
        PushKeyAnswer: {
            /**
             * @description The `applicationServerKey` of `PushManager.subscribe`, in base64url (RFC 8292).
             * @example BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4
             */
            public_key: string;
        };
        /** @description The keys of a subscription, as its browser made them (RFC 8291). */
        PushKeys: {
            /**
             * @description Its secret of 16 bytes.
             * @example BTBZMqHH6r4Tts7J_aSIgg
             */
            auth: string;
            /**
             * @description Its public key: a point of P-256, uncompressed.
             * @example BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4
             */
            p256dh: string;
        };
        /** @description Tell a browser when the station goes live, as `PushSubscription.toJSON` has it. */
        PushRequest: {
            /**
             * @description The address at the browser's push service.
             * @example https://updates.push.services.mozilla.com/wpush/v2/gAAA
             */
            endpoint: string;
            /** @description The keys of the subscription. */
            keys: components["schemas"]["PushKeys"];
            /**
             * @description The language of the notification; that of the station without it.
             * @default
             * @example ur
             */
            language?: string;
        };
        /**
         * @description Why the signal is not `good`: the public mount has no audio, the station's pipeline or its encoder is reconnecting, the audio is silent, or Icecast does not answer.
         * @enum {string}
         */
        QualityReason: "no_audio" | "pipeline_reconnecting" | "encoder_reconnecting" | "silence" | "icecast_unreachable";
        /**
         * @description The signal: `good`; `degraded`, which listeners may notice; `bad`, with no sound where there should be some; or `offline`, while the station is off air.
         * @enum {string}
         */
        QualityState: "good" | "degraded" | "bad" | "offline";
        /** @description A track in a queue. */
        QueuedTrack: {
            /**
             * @description The address of its picture; absent without one.
             * @example /api/v1/stations/awaz/tracks/4f1b0c9d2e7a5f38/art
             */
            art_url?: string;
            /**
             * @description Its artist; may be empty.
             * @example The Lamps
             */
            artist: string;
            /**
             * @description How long it will be heard, in milliseconds: from its first cue point to its last.
             * @example 243000
             */
            duration_ms: number;
            /**
             * @description The track's id.
             * @example 4f1b0c9d2e7a5f38
             */
            id: string;
            /**
             * @description Its title.
             * @example Chirag
             */
            title: string;
        };
        /** @description One playing of a track. */
        QueueItem: {
            /** @description Whether it is on air, or begins at this moment, and cannot be moved or removed. */
            fixed: boolean;
            /**
             * @description Its id, which is the `play_id` of `stream:metadata` while it is heard.
             * @example 4f1b0c9d2e7a5f38
             */
            id: string;
            /**
             * @description When it began, or is expected to begin, in unix milliseconds.
             * @example 1767225600000
             */
            starts_at: number;
            /** @description The track. */
            track: components["schemas"]["QueuedTrack"];
            /** @description The reason for it. */
            why: components["schemas"]["Why"];
        };
        /** @description Place a track in the queue. */
        QueueRequest: {
            /**
             * @description `now` ends what is on air, `next` follows it, `end` follows what people have placed; or the id of the item that
             *     it comes before.
             * @default end
             * @example next
             */
            place?: string;
            /**
             * @description The track.
             * @example 4f1b0c9d2e7a5f38
             */
            track_id: string;
        };
        /** @description The queue of a station, which is heard while nobody is live. */
        QueueView: {
            /** @description Whether the station's pipeline follows this version; it does so within a second, and when it is back. */
            applied: boolean;
            /** @description The items that follow, in order. */
            items: components["schemas"]["QueueItem"][];
            /** @description The item on air; absent while a host is live, or there is no music. */
            now?: components["schemas"]["QueueItem"];
            /**
             * @description It rises with each edit, and with each choice of AutoDJ.
             * @example 17
             */
            version: number;
        };
        /**
         * @description A reaction: ❤ 👏 🔥 🙏.
         * @enum {string}
         */
        ReactionKind: "heart" | "clap" | "fire" | "pray";
        /** @description The reactions of the last second. */
        Reactions: {
            /**
             * @description How many of each kind there were; kinds without any are left out.
             * @example {
             *       "clap": 3,
             *       "heart": 12
             *     }
             */
            counts: {
                [key: string]: number;
            };
        };
        /** @description `interaction:reactions` as it travels. */
        ReactionsMessage: components["schemas"]["Envelope"] & components["schemas"]["Reactions"];
        /** @description The daemon can serve. */
        Ready: {
            /**
             * @description Always true: a request that failed is answered with an error.
             * @default true
             * @constant
             */
            ok: true;
            /**
             * @description The problems of single stations, by slug; empty if there are none.
             * @example {
             *       "awaz": "its pipeline does not answer"
             *     }
             */
            stations: {
                [key: string]: string;
            };
        };
        /** @description The socket goes on with the token. */
        RefreshAnswer: {
            /**
             * @description Seconds until the token expires.
             * @example 900
             */
            expires_in: number;
        };
        /** @description Get the next access token. */
        RefreshRequest: {
            /**
             * @description The newest refresh token.
             * @example eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ1MSJ9.c2ln
             */
            refresh_token: string;
        };
        /** @description The ack of a request that failed. */
        Refusal: {
            /** @description What went wrong. */
            error: components["schemas"]["ErrorBody"];
            /**
             * @description Always false.
             * @default false
             * @constant
             */
            ok: false;
        };
        /** @description The reported messages that no moderator has looked at. */
        ReportsAnswer: {
            /** @description The messages, the most reported first. */
            reports: components["schemas"]["ReportView"][];
        };
        /** @description A message that listeners have reported. */
        ReportView: {
            /**
             * @description How many people have reported it.
             * @example 2
             */
            count: number;
            /** @description The message. */
            message: components["schemas"]["ChatMessageView"];
            /**
             * @description The reasons that were given.
             * @example [
             *       "insult"
             *     ]
             */
            reasons: string[];
        };
        /** @description Change a user's role on the platform. */
        RoleRequest: {
            /**
             * @description The new role.
             * @enum {string}
             */
            role: "admin" | "user";
        };
        /**
         * @description A check of a source: `ok`, `warn`, `bad`, or `waiting` until there is something to check.
         * @enum {string}
         */
        RowState: "ok" | "warn" | "bad" | "waiting";
        /** @description A ban or timeout in force. */
        SanctionView: {
            /**
             * @description Which of them.
             * @example timeout
             * @enum {string}
             */
            kind: "ban" | "timeout";
            /**
             * @description The name of the person who made it.
             * @example Sara
             */
            made_by: string;
            /**
             * @description The reason; may be empty.
             * @example spam
             */
            reason: string;
            /**
             * @description When it ends, in unix milliseconds; absent if only lifting ends it.
             * @example 1767229200000
             */
            until?: number;
        };
        /**
         * @description The message is committed, or the command carried out.
         * @example {
         *       "at": 1767225600000,
         *       "id": "7d9b3c52e1a07f4b869d3c52e1a07f4b",
         *       "seq": 42
         *     }
         */
        SendAnswer: {
            /**
             * @description When it was shown, in unix milliseconds; when it was written, if it is held.
             * @example 1767225600000
             */
            at: number;
            /**
             * @description True if it waits for a moderator, and nobody else sees it yet.
             * @constant
             */
            held?: true;
            /**
             * @description The id of the message; absent for a command that writes none.
             * @example 7d9b3c52e1a07f4b869d3c52e1a07f4b
             */
            id?: string;
            /**
             * @description What a command says, for its author alone, in English; in several lines.
             * @example Chirag – The Lamps
             */
            reply?: string;
            /**
             * @description Its seq in the chat's log; absent if it is held, or is published later.
             * @example 42
             */
            seq?: number;
            /**
             * @description Takes a moderator's command back for five seconds, as that of `chat:moderate` does.
             * @example b2c4d6e8f0a1b3c5
             */
            undo?: string;
        };
        /** @description The server's clock. */
        ServerTime: {
            /**
             * @description Now, in unix seconds.
             * @example 1795600000.25
             */
            server_time: number;
        };
        /**
         * @description What several tracks may have in common; what is left out stays. A year of 0 or an empty text removes the old one.
         *
         *     One is needed.
         */
        SharedPatch: {
            /**
             * @description The album.
             * @example Lamps of Lahore
             */
            album?: string;
            /**
             * @description The artist.
             * @example The Lamps
             */
            artist?: string;
            /**
             * @description The genre.
             * @example Qawwali
             */
            genre?: string;
            /**
             * @description The label.
             * @example Lahore Records
             */
            label?: string;
            /**
             * @description The year of release.
             * @example 1974
             */
            year?: number;
        };
        /** @description One check of a source. */
        SignalRow: {
            /**
             * @description What it is; empty while it is not known.
             * @example -31 LUFS
             */
            actual: string;
            /**
             * @description What it should be.
             * @example -23 to -9 LUFS
             */
            expected: string;
            /**
             * @description What to do, in English; empty if nothing is to be done.
             * @example Turn the output of your mixer or encoder up.
             */
            hint: string;
            /**
             * @description The name of the check. Encoders have `titles`, browsers have `delay`.
             * @enum {string}
             */
            row: "connection" | "format" | "bitrate" | "sample_rate" | "channels" | "level" | "clipping" | "silence" | "titles" | "delay";
            /** @description The result. */
            state: components["schemas"]["RowState"];
        };
        /** @description The sources of a station. */
        SignalsAnswer: {
            /**
             * @description Whether an encoder goes on air as soon as it connects.
             * @example true
             */
            auto_live: boolean;
            /** @description The live or upload broadcast; absent while there is none. */
            broadcast?: components["schemas"]["BroadcastView"];
            /**
             * @description For how many seconds a source on air may be silent before music plays in its place; 0 for ever.
             * @example 30
             */
            dead_air_s: number;
            /** @description The sources, `a` first. */
            signals: components["schemas"]["SignalView"][];
        };
        /** @description A source, and how its sound arrives. */
        SignalView: {
            /**
             * @description The peaks of the last second in dBFS, left and right; empty until there is sound.
             * @example [
             *       -9.2,
             *       -11
             *     ]
             */
            level_db: number[];
            /**
             * @description The loudness of the last three seconds in LUFS (EBU R128).
             * @example -16.4
             */
            lufs?: number;
            /** @description The checks. */
            rows: components["schemas"]["SignalRow"][];
            /** @description The source. */
            source: components["schemas"]["SourceView"];
        };
        /** @description End an item that is on air. */
        SkipRequest: {
            /**
             * @description The item: another one is not skipped by a late click.
             * @example 4f1b0c9d2e7a5f38
             */
            item: string;
        };
        /** @description Everything that a client needs when it joins a station, true after `seq` of `epoch`. */
        Snapshot: {
            /** @description The broadcast that is heard; absent while the station is off air. */
            broadcast?: components["schemas"]["BroadcastView"];
            /** @description The chat; absent in the data of a page, in event streams of banned readers, and in all while it is not public. */
            chat?: components["schemas"]["ChatState"];
            /**
             * @description The unbroken run of the station's log.
             * @example 9d3c52e1a07f4b86
             */
            epoch: string;
            /** @description The newest plays, the newest first. */
            history: components["schemas"]["PlayView"][];
            /**
             * @description By how many the current play and those of the history are liked, by `play_id`; only what is liked.
             * @example {
             *       "9d3c52e1a07f4b86": 37
             *     }
             */
            likes: {
                [key: string]: number;
            };
            /** @description The counts. */
            listeners: components["schemas"]["StreamListeners"];
            /** @description The show, the host and the track; absent while the station is off air. */
            metadata?: components["schemas"]["StreamMetadata"];
            /**
             * @description When it went off air, in unix milliseconds; absent while it is on air, or if that is not known.
             * @example 1767225600000
             */
            off_air_since?: number;
            /** @description The kind of the broadcast that is heard. */
            on_air: components["schemas"]["OnAirKind"];
            /** @description The quality of the signal. */
            quality: components["schemas"]["StreamQuality"];
            /**
             * @description The seq of its newest event.
             * @example 42
             */
            seq: number;
            /**
             * @description The server's clock, in unix milliseconds.
             * @example 1767225600000
             */
            server_time: number;
            /** @description The station. */
            station: components["schemas"]["StationView"];
            /**
             * @description By how many the station is liked.
             * @example 37
             */
            station_likes: number;
        };
        /** @description A track. */
        Song: {
            /**
             * @description The album; empty if none is known.
             * @example Lamps of Lahore
             */
            album: string;
            /** @description Always null. */
            art: null;
            /**
             * @description Empty if none is known.
             * @example The Lamps
             */
            artist: string;
            /**
             * @description Always empty.
             * @default []
             */
            custom_fields: components["schemas"]["JsonValue"][];
            /**
             * @description Always empty.
             * @default
             * @constant
             */
            genre: "";
            /**
             * @description The same whenever the same artist and title play.
             * @example 4f1b0c9d2e7a5f38
             */
            id: string;
            /**
             * @description Always empty.
             * @default
             * @constant
             */
            isrc: "";
            /**
             * @description Always empty.
             * @default
             * @constant
             */
            lyrics: "";
            /**
             * @description Artist and title.
             * @example The Lamps - Chirag
             */
            text: string;
            /**
             * @description The track.
             * @example Chirag
             */
            title: string;
        };
        /** @description The play that is heard. */
        SongNow: {
            /**
             * @description Its length in seconds; 0 if it is not known.
             * @example 248
             */
            duration: number;
            /**
             * @description Seconds since it began.
             * @example 31
             */
            elapsed: number;
            /**
             * @description Always false.
             * @default false
             * @constant
             */
            is_request: false;
            /**
             * @description When it began, in unix seconds.
             * @example 1767225600
             */
            played_at: number;
            /**
             * @description Always empty.
             * @default
             * @constant
             */
            playlist: "";
            /**
             * @description Seconds until it ends; 0 if its length is not known.
             * @example 217
             */
            remaining: number;
            /**
             * @description The play's id.
             * @example 4711
             */
            sh_id: number;
            /** @description The track that was played. */
            song: components["schemas"]["Song"];
            /**
             * @description The host; empty for AutoDJ.
             * @example Sara
             */
            streamer: string;
        };
        /** @description A play of the history. */
        SongPlay: {
            /**
             * @description Its length in seconds; 0 if it is not known.
             * @example 248
             */
            duration: number;
            /**
             * @description Always false.
             * @default false
             * @constant
             */
            is_request: false;
            /**
             * @description When it began, in unix seconds.
             * @example 1767225600
             */
            played_at: number;
            /**
             * @description Always empty.
             * @default
             * @constant
             */
            playlist: "";
            /**
             * @description The play's id.
             * @example 4711
             */
            sh_id: number;
            /** @description The track that was played. */
            song: components["schemas"]["Song"];
            /**
             * @description The host; empty for AutoDJ.
             * @example Sara
             */
            streamer: string;
        };
        /**
         * @description One of a station's two sources: `a` sends to `/ingest/{slug}`, `b` to `/ingest/{slug}/b`.
         * @enum {string}
         */
        SourceId: "a" | "b";
        /**
         * @description What a source is: an `encoder` such as OBS or butt, or the microphone of a `browser`.
         * @enum {string}
         */
        SourceKind: "encoder" | "browser";
        /** @description An address that needs no token, for players. */
        SourcePreviewAnswer: {
            /**
             * @description Seconds for which playing can begin there.
             * @example 300
             */
            expires_in: number;
            /**
             * @description The address of the sound as its encoder sends it.
             * @example /api/v1/stations/awaz/preview?key=eyJhbGciOi…
             */
            url: string;
        };
        /**
         * @description A source: `absent`; `connecting`, and not decoded yet; in `preview`, heard by hosts alone; `on_air`; `ending`, while it is faded out; or `lost`, on air and gone, with time to come back.
         * @enum {string}
         */
        SourceState: "absent" | "connecting" | "preview" | "on_air" | "ending" | "lost";
        /** @description A source of a station. */
        SourceView: {
            /**
             * @description Where its encoder connects from, if that is known.
             * @example 81.2.3.4
             */
            address?: string;
            /**
             * @description What its encoder calls itself, if it says.
             * @example butt 1.45
             */
            client?: string;
            /**
             * @description The holder of the stream key that it came in with, if that is known.
             * @example Sara
             */
            host?: string;
            /** @description Which one. */
            id: components["schemas"]["SourceId"];
            /**
             * @description The id of that stream key.
             * @example 4f1b0c9d2e7a5f38
             */
            key_id?: string;
            /** @description The kind of source. */
            kind: components["schemas"]["SourceKind"];
            /**
             * @description The mount that its encoder sends to.
             * @example /ingest/awaz
             */
            mount: string;
            /**
             * @description When its encoder connected, in unix milliseconds; absent without one.
             * @example 1767225600000
             */
            since?: number;
            /** @description Its state. */
            state: components["schemas"]["SourceState"];
        };
        /** @description How listeners differ, in milliseconds. */
        Spread: {
            /**
             * @description The most.
             * @example 12.5
             */
            max: number;
            /**
             * @description Half of them have no more.
             * @example 12.5
             */
            p50: number;
            /**
             * @description 95 in 100 have no more.
             * @example 12.5
             */
            p95: number;
        };
        /** @description A station's picture. */
        StationArtAnswer: {
            /**
             * @description The address of its picture on this server, a JPEG; absent without one.
             * @example /api/v1/stations/awaz/art?v=5d41402a
             */
            art_url?: string;
        };
        /** @description The station's name, description, picture, language, links or mounts changed. */
        StationChanged: {
            /**
             * @description The address of its picture on this server, a JPEG; absent if it has none.
             * @example /api/v1/stations/awaz/art?v=5d41402a
             */
            art_url?: string;
            /**
             * @description A short description; may be empty.
             * @example Qawwali and ghazals, day and night.
             */
            description: string;
            /**
             * @description The language of its page, by its ISO 639 code; empty for each visitor's own.
             * @example ur
             */
            language: string;
            /** @description The links on its page. */
            links: components["schemas"]["LinkView"][];
            /**
             * @description The name that people see.
             * @example Awaz
             */
            station_name: string;
            /** @description Its public mounts, MP3 first. */
            streams: components["schemas"]["StreamView"][];
        };
        /** @description `station:changed` as it travels. */
        StationChangedMessage: components["schemas"]["Envelope"] & components["schemas"]["StationChanged"];
        /** @description Change a station's settings; what is left out stays, and one is needed. */
        StationPatch: {
            /**
             * @description Whether an encoder is on air as soon as it connects; if not, it waits in preview. In force within seconds.
             * @example true
             */
            auto_live?: boolean;
            /**
             * @description Whether a broadcast ends when its encoder does not come back in time; if not, it waits until somebody ends it.
             * @example true
             */
            auto_stop?: boolean;
            /**
             * @description The bitrate of the MP3 mount in kbit/s.
             * @example 128
             * @enum {integer}
             */
            bitrate_kbps?: 64 | 96 | 128 | 192 | 256 | 320;
            /**
             * @description After so many seconds of silence, music plays until there is sound again; 0 for never.
             * @example 30
             */
            dead_air_s?: number;
            /**
             * @description A short description.
             * @example Ghazals, day and night.
             */
            description?: string;
            /**
             * @description The language of the station's page, by its ISO 639 code; empty for each visitor's own.
             * @example ur
             */
            language?: string;
            /** @description The links on its page, in place of those there were. */
            links?: components["schemas"]["LinkRequest"][];
            /**
             * @description The name that people see.
             * @example Awaz
             */
            name?: string;
            /**
             * @description The station's time zone.
             * @example Asia/Karachi
             */
            timezone?: string;
        };
        /** @description Create a station. */
        StationRequest: {
            /**
             * @description The bitrate of the MP3 mount in kbit/s.
             * @default 128
             * @example 128
             * @enum {integer}
             */
            bitrate_kbps?: 64 | 96 | 128 | 192 | 256 | 320;
            /**
             * @description A short description.
             * @default
             * @example Qawwali and ghazals, day and night.
             */
            description?: string;
            /**
             * @description The language of the station's page, by its ISO 639 code; each visitor's own without it.
             * @default
             * @example ur
             */
            language?: string;
            /**
             * @description The name that people see.
             * @example Awaz
             */
            name: string;
            /**
             * @description The login of its owner; without it, whoever creates it. Only admins create stations for others.
             * @example sara
             */
            owner?: string;
            /**
             * @description The slug that URLs and mounts use; made of the name without it.
             * @example awaz
             */
            slug?: string;
            /**
             * @description The station's time zone.
             * @default UTC
             * @example Asia/Karachi
             */
            timezone?: string;
        };
        /**
         * @description A role at a station: an `owner` sets it up, a `host` goes live and sets titles, a `moderator` bans, and a `listener` listens. Each may do what the ones after it may.
         * @enum {string}
         */
        StationRole: "owner" | "host" | "moderator" | "listener";
        /** @description The stations, by slug. */
        StationsAnswer: {
            /** @description The stations, by slug. */
            stations: components["schemas"]["StationView"][];
        };
        /** @description A station as who runs it sees it. */
        StationSettings: {
            /**
             * @description The address of its picture on this server, a JPEG; absent if it has none.
             * @example /api/v1/stations/awaz/art?v=5d41402a
             */
            art_url?: string;
            /**
             * @description Whether an encoder is on air as soon as it connects; if not, it waits in preview.
             * @example true
             */
            auto_live: boolean;
            /**
             * @description Whether a broadcast ends when its encoder does not come back in time; if not, it waits until somebody ends it.
             * @example true
             */
            auto_stop: boolean;
            /**
             * @description The bitrate of the MP3 mount in kbit/s.
             * @example 128
             * @enum {integer}
             */
            bitrate_kbps: 64 | 96 | 128 | 192 | 256 | 320;
            /**
             * @description After so many seconds of silence, music plays until there is sound again; 0 for never.
             * @example 30
             */
            dead_air_s: number;
            /**
             * @description A short description; may be empty.
             * @example Qawwali and ghazals, day and night.
             */
            description: string;
            /**
             * @description The language of the station's page, by its ISO 639 code; empty for each visitor's own.
             * @example ur
             */
            language: string;
            /** @description The links on its page. */
            links: components["schemas"]["LinkView"][];
            /**
             * @description The name that people see.
             * @example Awaz
             */
            name: string;
            /** @description The names of its owners. */
            owners: string[];
            /**
             * @description The slug that URLs and mounts use.
             * @example awaz
             */
            slug: string;
            /**
             * @description The station's time zone.
             * @example Asia/Karachi
             */
            timezone: string;
        };
        /** @description Every station's settings. */
        StationSettingsList: {
            /** @description The stations, by slug. */
            stations: components["schemas"]["StationSettings"][];
        };
        /** @description A station. */
        StationShape: {
            /**
             * @description The audio backend.
             * @default liquidsoap
             * @constant
             */
            backend: "liquidsoap";
            /**
             * @description A short description; may be empty.
             * @example Qawwali and ghazals, day and night.
             */
            description: string;
            /**
             * @description The server of its audio.
             * @default icecast
             * @constant
             */
            frontend: "icecast";
            /**
             * @description Always false.
             * @default false
             * @constant
             */
            hls_enabled: false;
            /** @description Always null. */
            hls_url: null;
            /**
             * @description Its id.
             * @example 4f1b0c9d2e7a5f38
             */
            id: string;
            /**
             * @description Always true.
             * @default true
             * @constant
             */
            is_public: true;
            /**
             * @description The URL of the stream.
             * @example https://radio.example:8000/awaz.mp3
             */
            listen_url: string;
            /** @description Its public mounts. */
            mounts: components["schemas"]["Mount"][];
            /**
             * @description The name that people see.
             * @example Awaz
             */
            name: string;
            /**
             * @description The URL of its page for listeners.
             * @example https://radio.example/s/awaz
             */
            public_player_url: string;
            /**
             * @description Always empty.
             * @default []
             */
            remotes: components["schemas"]["JsonValue"][];
            /**
             * @description Its slug.
             * @example awaz
             */
            shortcode: string;
            /**
             * @description The URL of its page for listeners.
             * @example https://radio.example/s/awaz
             */
            url: string;
        };
        /** @description A station's status in AzuraCast's shape. */
        StationStatus: {
            /** @description Always null. */
            cache: null;
            /** @description Whether it is on air. */
            is_online: boolean;
            /** @description Its listeners. */
            listeners: components["schemas"]["Counts"];
            live: components["schemas"]["Live"];
            /** @description The current play; null while the station is off air. */
            now_playing: components["schemas"]["SongNow"] | null;
            /** @description Always null. */
            playing_next: null;
            /** @description The previous plays, newest first. */
            song_history: components["schemas"]["SongPlay"][];
            /** @description The station. */
            station: components["schemas"]["StationShape"];
        };
        /** @description The status of every station in AzuraCast's shape. */
        StationStatuses: components["schemas"]["StationStatus"][];
        /** @description A station and the URLs of its stream. */
        StationView: {
            /**
             * @description The address of its picture on this server, a JPEG; absent if it has none.
             * @example /api/v1/stations/awaz/art?v=5d41402a
             */
            art_url?: string;
            /**
             * @description A short description; may be empty.
             * @example Qawwali and ghazals, day and night.
             */
            description: string;
            /**
             * @description The language of its page, by its ISO 639 code; empty for each visitor's own.
             * @example ur
             */
            language: string;
            /** @description The links on its page. */
            links: components["schemas"]["LinkView"][];
            /**
             * @description Players of the public mounts.
             * @example 128
             */
            listeners: number;
            /**
             * @description The name that people see.
             * @example Awaz
             */
            name: string;
            /** @description The kind of the broadcast that is heard. */
            on_air: components["schemas"]["OnAirKind"];
            /**
             * @description The URL of its page for listeners.
             * @example https://radio.example/s/awaz
             */
            page_url: string;
            /**
             * @description The slug that URLs use.
             * @example awaz
             */
            slug: string;
            /**
             * @description The URL of the stream.
             * @example https://radio.example:8000/awaz.mp3
             */
            stream_url: string;
            /** @description Its public mounts, MP3 first. */
            streams: components["schemas"]["StreamView"][];
            /**
             * @description The URLs of the stream by format.
             * @example {
             *       "aac": "https://radio.example:8000/awaz.aac",
             *       "mp3": "https://radio.example:8000/awaz.mp3"
             *     }
             */
            urls: {
                [key: string]: string;
            };
        };
        /**
         * @description Why a broadcast ended: its encoder did not come back in time (`encoder_gone`), it played to its end (`finished`), another host (`handover`) or a live broadcast (`live_began`) followed, its host lost the role or the stream key (`host_removed`), somebody stopped it (`taken_off_air`) or disconnected its encoder (`kicked`), AutoDJ's pipeline failed (`pipeline_gone`), or the station was removed (`station_removed`).
         * @enum {string}
         */
        StopReason: "encoder_gone" | "finished" | "handover" | "live_began" | "host_removed" | "taken_off_air" | "kicked" | "pipeline_gone" | "station_removed";
        /** @description End a live broadcast, whose encoder stays connected, in preview; or an upload. */
        StopRequest: {
            /**
             * @description The broadcast that is meant: a late request ends no other.
             * @example 4f1b0c9d2e7a5f38
             */
            broadcast_id: string;
        };
        /** @description Keep-alive, clock exchange, gap detection and the listener's own quality report in one. */
        StreamHeartbeat: {
            /**
             * @description The audio in the player's buffer, in milliseconds.
             * @example 4000
             */
            buffer_ms?: number;
            /**
             * @description How long after it was on the mount the listener hears it, in milliseconds.
             * @example 8200
             */
            latency_ms?: number;
            /**
             * @description How it is played: `synced`, `approximate`, or in the player's own words.
             * @example synced
             */
            mode?: string;
            /**
             * @description The number of stalls since playing began.
             * @example 1
             */
            stalls?: number;
            /**
             * @description The station that the report is about: `latency_ms`, `buffer_ms`, `stalls`, `sync_error_ms` and `mode`.
             * @example awaz
             */
            station?: string;
            /**
             * @description How far what is heard is from what is to be heard in sync, in milliseconds.
             * @example -12.5
             */
            sync_error_ms?: number;
            /**
             * @description The client's clock; the ack repeats it.
             * @example 1767225600000
             */
            t: number;
        };
        /** @description The ack of `stream:heartbeat`. */
        StreamHeartbeatAck: components["schemas"]["StreamHeartbeatDone"] | components["schemas"]["Refusal"];
        /** @description The ack of `stream:heartbeat` that was carried out. */
        StreamHeartbeatDone: {
            /**
             * @description Always true.
             * @constant
             */
            ok: true;
        } & components["schemas"]["HeartbeatAnswer"];
        /** @description A problem that the station's staff should know of. */
        StreamIncident: {
            /**
             * @description Where the encoder that it is about connects from, if that is known.
             * @example 81.2.3.4
             */
            address?: string;
            /** @description The kind of problem, for programs. */
            kind: components["schemas"]["IncidentKind"];
            /**
             * @description The problem in words, in English.
             * @example Another encoder tried to go live, and was refused.
             */
            message: string;
        };
        /** @description `stream:incident` as it travels. */
        StreamIncidentMessage: components["schemas"]["Envelope"] & components["schemas"]["StreamIncident"];
        /** @description Follow a station; with the `epoch` and `last_seq` that were seen last, the answer has the missed events. */
        StreamJoin: {
            /** @description The same of the chat's log. */
            chat?: components["schemas"]["ChatPosition"];
            /**
             * @description The epoch that was seen last.
             * @example 9f86d081884c7d65
             */
            epoch?: string;
            /**
             * @description The seq that was seen last.
             * @example 41
             */
            last_seq?: number;
            /**
             * @description The station's slug.
             * @example awaz
             */
            station: string;
        };
        /** @description The ack of `stream:join`. */
        StreamJoinAck: components["schemas"]["StreamJoinDone"] | components["schemas"]["Refusal"];
        /** @description The ack of `stream:join` that was carried out. */
        StreamJoinDone: {
            /**
             * @description Always true.
             * @constant
             */
            ok: true;
        } & components["schemas"]["JoinAnswer"];
        /** @description Stop following a station. */
        StreamLeave: {
            /**
             * @description The station's slug.
             * @example awaz
             */
            station: string;
        };
        /** @description The ack of `stream:leave`. */
        StreamLeaveAck: components["schemas"]["StreamLeaveDone"] | components["schemas"]["Refusal"];
        /** @description The ack of `stream:leave` that was carried out. */
        StreamLeaveDone: {
            /**
             * @description Always true.
             * @constant
             */
            ok: true;
        } & components["schemas"]["Acknowledged"];
        /** @description The count of listeners changed; sent at most once a second. */
        StreamListeners: {
            /**
             * @description Players of the public mounts.
             * @example 128
             */
            listeners: number;
            /**
             * @description The most listeners since the broadcast began.
             * @example 240
             */
            peak: number;
            /**
             * @description Clients that follow the station.
             * @example 97
             */
            sockets: number;
            /** @description Whether the numbers are the last known ones, because Icecast does not answer. */
            stale: boolean;
        };
        /** @description `stream:listeners` as it travels. */
        StreamListenersMessage: components["schemas"]["Envelope"] & components["schemas"]["StreamListeners"];
        /** @description Show, host or track changed. */
        StreamMetadata: {
            /**
             * @description The host's name; absent for AutoDJ.
             * @example Sara
             */
            host?: string;
            /** @description The kind of broadcast that is heard: `live` from when its audio comes through, not while its encoder is gone. */
            kind: components["schemas"]["Kind"];
            /**
             * @description The id of this one playing of the track.
             * @example 4f1b0c9d2e7a5f38
             */
            play_id: string;
            /** @description Where its first sample is in what listeners are sent, if that is known. */
            position?: components["schemas"]["AudioPositionView"];
            /**
             * @description The show, if it is known.
             * @example Evening raga
             */
            show?: string;
            /**
             * @description True where no track is named: the title is the broadcast's, the show's or the station's, the artist the host.
             * @example null
             * @constant
             */
            stand_in?: true;
            /**
             * @description When the track began, in unix milliseconds.
             * @example 1767225600000
             */
            started_at: number;
            /** @description The track that is heard. */
            track: components["schemas"]["Track"];
        };
        /** @description `stream:metadata` as it travels. */
        StreamMetadataMessage: components["schemas"]["Envelope"] & components["schemas"]["StreamMetadata"];
        /** @description The quality of the station's signal, sent on change and every few seconds. */
        StreamQuality: {
            /**
             * @description The bitrate of the encoder while it is heard, else of the public mount; as configured until it is measured.
             * @example 128
             */
            bitrate_kbps: number;
            /**
             * @description The reasons for a state other than `good`.
             * @example []
             */
            reasons: components["schemas"]["QualityReason"][];
            /**
             * @description How long nothing was heard, in milliseconds.
             * @default 0
             */
            silence_ms: number;
            /** @description The state of the signal. */
            state: components["schemas"]["QualityState"];
        };
        /** @description `stream:quality` as it travels. */
        StreamQualityMessage: components["schemas"]["Envelope"] & components["schemas"]["StreamQuality"];
        /** @description The queue has changed: ask for it. Sent to those who run the station. */
        StreamQueue: {
            /** @description Whether the station's pipeline follows it. */
            applied: boolean;
            /**
             * @description The version there is.
             * @example 17
             */
            version: number;
        };
        /** @description `stream:queue` as it travels. */
        StreamQueueMessage: components["schemas"]["Envelope"] & components["schemas"]["StreamQueue"];
        /** @description How the sound of a source arrives; each second while it is connected, and whenever its state changes. */
        StreamSignal: {
            /**
             * @description The peaks of the last second in dBFS, left and right; empty until there is sound.
             * @example [
             *       -9.2,
             *       -11
             *     ]
             */
            level_db: number[];
            /**
             * @description The loudness of the last three seconds in LUFS (EBU R128).
             * @example -16.4
             */
            lufs?: number;
            /** @description The checks. */
            rows: components["schemas"]["SignalRow"][];
            /** @description The source. */
            source: components["schemas"]["SourceView"];
        };
        /** @description `stream:signal` as it travels. */
        StreamSignalMessage: components["schemas"]["Envelope"] & components["schemas"]["StreamSignal"];
        /** @description A live or upload broadcast began, or AutoDJ came on out of nothing. */
        StreamStarted: {
            /**
             * @description The address of its picture: that of what is played, or of the station; absent without one.
             * @example /api/v1/stations/awaz/art?v=5d41402a
             */
            art_url?: string;
            /**
             * @description The id that `stream:stopped` will carry.
             * @example 4f1b0c9d2e7a5f38
             */
            broadcast_id: string;
            /**
             * @description The description of the broadcast, if its host gave one.
             * @example Two hours of ghazals, with your wishes.
             */
            description?: string;
            /**
             * @description The host's name; absent for AutoDJ.
             * @example Sara
             */
            host?: string;
            /** @description The kind of broadcast. */
            kind: components["schemas"]["Kind"];
            /** @description The place on the mount at that moment, if it is known. */
            position?: components["schemas"]["AudioPositionView"];
            /**
             * @description The show, if it is known.
             * @example Evening raga
             */
            show?: string;
            /**
             * @description The URL of the stream.
             * @example https://radio.example:8000/awaz.mp3
             */
            stream_url: string;
            /**
             * @description The title of the broadcast; the station's name if its host gave it none.
             * @example An evening of ghazals
             */
            title?: string;
            /**
             * @description The URLs of the stream by format.
             * @example {
             *       "aac": "https://radio.example:8000/awaz.aac",
             *       "mp3": "https://radio.example:8000/awaz.mp3"
             *     }
             */
            urls: {
                [key: string]: string;
            };
        };
        /** @description `stream:started` as it travels. */
        StreamStartedMessage: components["schemas"]["Envelope"] & components["schemas"]["StreamStarted"];
        /** @description A broadcast ended. */
        StreamStopped: {
            /**
             * @description The id that its `stream:started` carried.
             * @example 4f1b0c9d2e7a5f38
             */
            broadcast_id: string;
            /** @description The place on the mount at that moment, if it is known. */
            position?: components["schemas"]["AudioPositionView"];
            /** @description The reason for its end. */
            reason: components["schemas"]["StopReason"];
            /**
             * @description The kind of the broadcast that follows.
             * @enum {string}
             */
            then: "autodj" | "offair";
        };
        /** @description `stream:stopped` as it travels. */
        StreamStoppedMessage: components["schemas"]["Envelope"] & components["schemas"]["StreamStopped"];
        /** @description A public mount of a station. */
        StreamView: {
            /**
             * @description Its bitrate in kbit/s.
             * @example 128
             */
            bitrate_kbps: number;
            /**
             * @description How much audio a new player is sent at once, in milliseconds: what it plays first is that old.
             * @example 4608
             */
            burst_ms: number;
            /**
             * @description The format of its audio: `mp3`, or `aac` in ADTS frames.
             * @example mp3
             * @enum {string}
             */
            format: "mp3" | "aac";
            /**
             * @description Its URL.
             * @example https://radio.example:8000/awaz.mp3
             */
            url: string;
        };
        /**
         * @description How a listener plays: in sync with everybody (`synced`), as ordinary players do (`approximate`), not yet (`starting`), or in a way of its own (`other`).
         * @enum {string}
         */
        SyncMode: "synced" | "approximate" | "starting" | "other";
        /**
         * @description What can be liked: one playing of a track (`play`, by its `play_id`), a `show` (by the `broadcast_id`), or the `station` (by its slug).
         * @enum {string}
         */
        TargetKind: "play" | "show" | "station";
        /** @description The socket is in the room. */
        TogetherAnswer: {
            /** @description The members, in the order in which they came. */
            members: components["schemas"]["TogetherMember"][];
        };
        /**
         * @description Listen together with everybody who has the same key.
         *
         *     A socket is in one room at a time. What others see of it comes from its heartbeats, once it has joined the station.
         */
        TogetherJoin: {
            /**
             * @description The room's key: whoever has it may come in.
             * @example Wk3v0dXqTn8LrB2c
             */
            room: string;
            /**
             * @description The station's slug.
             * @example awaz
             */
            station: string;
        };
        /** @description The ack of `together:join`. */
        TogetherJoinAck: components["schemas"]["TogetherJoinDone"] | components["schemas"]["Refusal"];
        /** @description The ack of `together:join` that was carried out. */
        TogetherJoinDone: {
            /**
             * @description Always true.
             * @constant
             */
            ok: true;
        } & components["schemas"]["TogetherAnswer"];
        /** @description Listen alone again. */
        TogetherLeave: {
            /**
             * @description The station's slug.
             * @example awaz
             */
            station: string;
        };
        /** @description The ack of `together:leave`. */
        TogetherLeaveAck: components["schemas"]["TogetherLeaveDone"] | components["schemas"]["Refusal"];
        /** @description The ack of `together:leave` that was carried out. */
        TogetherLeaveDone: {
            /**
             * @description Always true.
             * @constant
             */
            ok: true;
        } & components["schemas"]["Acknowledged"];
        /** @description Mark this moment for everybody in a room. */
        TogetherMark: {
            /**
             * @description The room's key.
             * @example Wk3v0dXqTn8LrB2c
             */
            room: string;
            /**
             * @description The station's slug.
             * @example awaz
             */
            station: string;
        };
        /** @description The ack of `together:mark`. */
        TogetherMarkAck: components["schemas"]["TogetherMarkDone"] | components["schemas"]["Refusal"];
        /** @description The ack of `together:mark` that was carried out. */
        TogetherMarkDone: {
            /**
             * @description Always true.
             * @constant
             */
            ok: true;
        } & components["schemas"]["Acknowledged"];
        /** @description Somebody in the room has marked this moment. */
        TogetherMarked: {
            /**
             * @description When.
             * @example 1767225600000
             */
            at: number;
            /**
             * @description The name of who did.
             * @example Sara
             */
            by: string;
            /**
             * @description The room's station.
             * @example awaz
             */
            station: string;
        };
        /** @description Somebody who listens together with others. */
        TogetherMember: {
            /**
             * @description How far that is from what is to be heard, at most, in milliseconds; absent if it is not known.
             * @example 4
             */
            error_ms?: number;
            /**
             * @description The person's id; one person may be in with several devices.
             * @example 4f1b0c9d2e7a5f38
             */
            id: string;
            /** @description How it is played there. */
            mode: components["schemas"]["SyncMode"];
            /**
             * @description The person's name.
             * @example Sara
             */
            name: string;
        };
        /** @description The members of a room, sent when somebody comes, goes or plays otherwise; at most once a second. */
        TogetherMembers: {
            /** @description The members, in the order in which they came. */
            members: components["schemas"]["TogetherMember"][];
            /**
             * @description The room's station.
             * @example awaz
             */
            station: string;
        };
        /** @description An access token, and the refresh token to get the next one with. */
        TokenAnswer: {
            /**
             * @description For the `Authorization` header, and for the `auth` of a socket.
             * @example eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ1MSJ9.c2ln
             */
            access_token: string;
            /**
             * @description Only after a login: send it with your next one, so that other people's wrong passwords do not delay yours.
             * @example eyJhbGciOiJIUzI1NiJ9.eyJkZXYiOiJkMSJ9.c2ln
             */
            device?: string;
            /**
             * @description Seconds until the access token expires.
             * @example 900
             */
            expires_in: number;
            /**
             * @description The token for `POST /api/v1/auth/refresh`. A user's works once, and each answer has the next; a guest's stays.
             * @example IvTBy4aCxp6fDjYRRrrV0qjK-xDYtSLartkBaln7aFY
             */
            refresh_token?: string;
            /**
             * @description The scheme of the `Authorization` header.
             * @default Bearer
             * @constant
             */
            token_type: "Bearer";
            /** @description The user or guest. */
            user: components["schemas"]["UserView"];
        };
        /** @description A track. */
        Track: {
            /**
             * @description The album, if it is known.
             * @example Lamps of Lahore
             */
            album?: string;
            /**
             * @description The address of its picture on this server, a JPEG, if it is a track of the library that has one.
             * @example /api/v1/stations/awaz/tracks/4f1b0c9d2e7a5f38/art
             */
            art_url?: string;
            /**
             * @description Empty if none is known.
             * @example The Lamps
             */
            artist: string;
            /**
             * @description Its length in milliseconds, if it is known.
             * @example 248000
             */
            duration_ms?: number;
            /**
             * @description The same whenever the same artist and title play.
             * @example 4f1b0c9d2e7a5f38
             */
            id: string;
            /**
             * @description Its title; the name of the show or the station while no title was sent.
             * @example Chirag
             */
            title: string;
        };
        /** @description One track. */
        TrackAnswer: {
            /** @description The track. */
            track: components["schemas"]["TrackView"];
        };
        /** @description Tracks of one station; those that it does not have are passed over. */
        TrackIds: {
            /**
             * @description Their ids.
             * @example [
             *       "4f1b0c9d2e7a5f38"
             *     ]
             */
            ids: string[];
        };
        /** @description Change a track; what is left out stays, and one is needed. A year of 0 or an empty text removes the old one. */
        TrackPatch: {
            /**
             * @description The album.
             * @example Lamps of Lahore
             */
            album?: string;
            /**
             * @description The artist.
             * @example The Lamps
             */
            artist?: string;
            /**
             * @description Where it begins when it is played, in milliseconds.
             * @example 243000
             */
            cue_in_ms?: number;
            /**
             * @description Where it ends when it is played, in milliseconds; 0 for its end.
             * @example 243000
             */
            cue_out_ms?: number;
            /**
             * @description The gain it is played with, in dB.
             * @example -2.4
             */
            gain_db?: number;
            /**
             * @description The genre.
             * @example Qawwali
             */
            genre?: string;
            /**
             * @description Its ISRC without hyphens.
             * @example PKA012600001
             */
            isrc?: string;
            /**
             * @description The label.
             * @example Lahore Records
             */
            label?: string;
            /**
             * @description Its title.
             * @example Chirag
             */
            title?: string;
            /**
             * @description The year of release.
             * @example 1974
             */
            year?: number;
        };
        /** @description The tracks that a request was carried out for. */
        TracksAnswer: {
            /**
             * @description Their ids.
             * @example [
             *       "4f1b0c9d2e7a5f38"
             *     ]
             */
            ids: string[];
        };
        /** @description A part of a station's library. */
        TracksPage: {
            /** @description The items. */
            items: components["schemas"]["TrackView"][];
            /**
             * @description The tracks of the library that have not been measured yet.
             * @example 0
             */
            measuring: number;
            /**
             * @description The `cursor` of the next page; absent on the last one.
             * @example WzE3NjcyMjU2MDAwMDAsIjRmMWIiXQ
             */
            next?: string;
            /**
             * @description The size it may have.
             * @example 50000000000
             */
            quota_bytes: number;
            /**
             * @description The tracks of this search and view in all.
             * @example 214
             */
            total: number;
            /**
             * @description The size of the library with its uploads.
             * @example 1240000000
             */
            used_bytes: number;
        };
        /** @description Change tracks in the same way. */
        TracksPatch: {
            /** @description What is changed in each of them. */
            change: components["schemas"]["SharedPatch"];
            /**
             * @description Their ids.
             * @example [
             *       "4f1b0c9d2e7a5f38"
             *     ]
             */
            ids: string[];
        };
        /**
         * @description A track of a station's library.
         * @example {
         *       "added_at": 1767225600000,
         *       "added_by": "Sara",
         *       "album": "Lamps of Lahore",
         *       "art_url": "/api/v1/stations/awaz/tracks/4f1b0c9d2e7a5f38/art",
         *       "artist": "The Lamps",
         *       "bitrate_kbps": 192,
         *       "codec": "mp3",
         *       "cue_in_ms": 120,
         *       "cue_out_ms": 241500,
         *       "duration_ms": 243000,
         *       "file_name": "chirag.mp3",
         *       "format": "mp3",
         *       "gain_db": -2.4,
         *       "genre": "Qawwali",
         *       "id": "4f1b0c9d2e7a5f38",
         *       "isrc": "",
         *       "label": "",
         *       "loudness_lufs": -13.6,
         *       "measured": "done",
         *       "peak_dbtp": -0.4,
         *       "plays": 0,
         *       "size": 5832000,
         *       "title": "Chirag",
         *       "year": 1974
         *     }
         */
        TrackView: {
            /**
             * @description When it was added, in unix milliseconds.
             * @example 1767225600000
             */
            added_at: number;
            /**
             * @description The name of the person who added it.
             * @example Sara
             */
            added_by: string;
            /**
             * @description Its album; may be empty.
             * @example Lamps of Lahore
             */
            album: string;
            /**
             * @description The address of its picture; absent without one.
             * @example /api/v1/stations/awaz/tracks/4f1b0c9d2e7a5f38/art
             */
            art_url?: string;
            /**
             * @description Its artist; may be empty.
             * @example The Lamps
             */
            artist: string;
            /**
             * @description The bitrate of its audio in kbit/s.
             * @example 192
             */
            bitrate_kbps: number;
            /**
             * @description The codec of its audio, as ffmpeg names it.
             * @example mp3
             */
            codec: string;
            /**
             * @description Where it begins when it is played, in milliseconds.
             * @example 243000
             */
            cue_in_ms: number;
            /**
             * @description Where it ends when it is played, in milliseconds; at its end if absent.
             * @example 243000
             */
            cue_out_ms?: number;
            /**
             * @description The id of another track that is probably the same recording.
             * @example 4f1b0c9d2e7a5f38
             */
            duplicate_of?: string;
            /**
             * @description Its length in milliseconds: the file's own claim until it has been measured.
             * @example 243000
             */
            duration_ms: number;
            /**
             * @description The name its file had.
             * @example chirag.mp3
             */
            file_name: string;
            /**
             * @description The format of its file.
             * @enum {string}
             */
            format: "mp3" | "m4a" | "aac" | "ogg" | "opus" | "flac" | "wav";
            /**
             * @description The gain it is played with, in dB.
             * @example -2.4
             */
            gain_db: number;
            /**
             * @description Its genre; may be empty.
             * @example Qawwali
             */
            genre: string;
            /**
             * @description The track's id.
             * @example 4f1b0c9d2e7a5f38
             */
            id: string;
            /**
             * @description The International Standard Recording Code (ISO 3901) without hyphens, for royalty reports; may be empty.
             * @example PKA012600001
             */
            isrc: string;
            /**
             * @description Its label, for royalty reports; may be empty.
             * @example Lahore Records
             */
            label: string;
            /**
             * @description Its integrated loudness (EBU R128) in LUFS, once it is measured.
             * @example -13.6
             */
            loudness_lufs?: number;
            /**
             * @description Whether it has been decoded as a whole and measured; it can be played before that.
             * @enum {string}
             */
            measured: "waiting" | "done" | "failed";
            /**
             * @description Its true peak in dBTP, once it is measured.
             * @example -0.4
             */
            peak_dbtp?: number;
            /**
             * @description When it was last played, in unix milliseconds; absent if never.
             * @example 1767225600000
             */
            played_at?: number;
            /**
             * @description How often it was played.
             * @example 0
             */
            plays: number;
            /**
             * @description Why it cannot be played; absent if it can.
             * @example ffmpeg cannot decode it
             */
            problem?: string;
            /**
             * @description The size of its file in bytes.
             * @example 5832000
             */
            size: number;
            /**
             * @description Its title.
             * @example Chirag
             */
            title: string;
            /**
             * @description The year it was released in, where that is known.
             * @example 1974
             */
            year?: number;
        };
        /** @description Become a user: the guest's open sockets become the user's. */
        UpgradeRequest: {
            /**
             * @description The login to sign in with.
             * @example sara
             */
            login: string;
            /**
             * @description The name that others see; the guest's stays without it.
             * @example Sara
             */
            name?: string;
            /**
             * @description The password to sign in with; the login, or one character repeated, is refused.
             * @example correct horse battery staple
             */
            password: string;
        };
        /** @description A file to add to a library. */
        UploadForm: {
            /**
             * @description An MP3, M4A, AAC, Ogg, Opus, FLAC or WAV file, with its name.
             * @example …
             */
            file: string;
        };
        /** @description The user or guest that a token stands for. */
        UserView: {
            /**
             * @description The id, which never changes.
             * @example 4f1b0c9d2e7a5f38
             */
            id: string;
            /**
             * @description The name that others see.
             * @example Sara
             */
            name: string;
            /**
             * @description The role on the platform.
             * @example user
             */
            role: components["schemas"]["PlatformRole"];
        };
        /** @description Every public station. */
        WatchAnswer: {
            /** @description Every public station. */
            stations: components["schemas"]["DigestEntry"][];
        };
        /** @description Why a track is in the queue. */
        Why: {
            /**
             * @description The name of the person who placed it, or began the broadcast.
             * @example Sara
             */
            by?: string;
            /**
             * @description `placed` by a person, a part of a `broadcast` of recordings, or chosen by AutoDJ: from all tracks, or from a
             *     playlist.
             * @enum {string}
             */
            kind: "placed" | "broadcast" | "autodj" | "playlist";
            /**
             * @description When AutoDJ had played it last, in unix milliseconds; absent if never.
             * @example 1767225600000
             */
            last_played_at?: number;
            /**
             * @description The name of the playlist that AutoDJ chose it from.
             * @example Evenings
             */
            playlist?: string;
        };
    };
    responses: {
        /** @description The request is not what the route takes; the message says what is wrong. */
        BadRequest: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "error": {
                 *         "code": "invalid_input",
                 *         "message": "reason: use at most 200 characters",
                 *         "retryable": false
                 *       }
                 *     }
                 */
                "application/json": components["schemas"]["ErrorAnswer"];
            };
        };
        /** @description What arrived is not what its checksum was made of; nothing of it was kept. */
        ChecksumMismatch: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "error": {
                 *         "code": "invalid_input",
                 *         "message": "what arrived is not what the checksum was made of: send this part again",
                 *         "retryable": false
                 *       }
                 *     }
                 */
                "application/json": components["schemas"]["ErrorAnswer"];
            };
        };
        /** @description It exists already, or the state does not allow it. */
        Conflict: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "error": {
                 *         "code": "conflict",
                 *         "message": "the station is off air: no title can be set",
                 *         "retryable": false
                 *       }
                 *     }
                 */
                "application/json": components["schemas"]["ErrorAnswer"];
            };
        };
        /** @description The permission is missing, or the person is banned. */
        Forbidden: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "error": {
                 *         "code": "forbidden",
                 *         "message": "Sara may not do that here",
                 *         "retryable": false
                 *       }
                 *     }
                 */
                "application/json": components["schemas"]["ErrorAnswer"];
            };
        };
        /** @description The library or the server's disk is full. */
        InsufficientStorage: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "error": {
                 *         "code": "no_space",
                 *         "message": "the library has room for 1.2 MB more, and the file has 5.8 MB",
                 *         "retryable": false
                 *       }
                 *     }
                 */
                "application/json": components["schemas"]["ErrorAnswer"];
            };
        };
        /** @description A fault of the server; its log has the rest. */
        InternalServerError: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "error": {
                 *         "code": "internal",
                 *         "message": "the server failed: try again",
                 *         "retryable": true
                 *       }
                 *     }
                 */
                "application/json": components["schemas"]["ErrorAnswer"];
            };
        };
        /** @description It does not exist. */
        NotFound: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "error": {
                 *         "code": "not_found",
                 *         "message": "there is no station 'awas'",
                 *         "retryable": false
                 *       }
                 *     }
                 */
                "application/json": components["schemas"]["ErrorAnswer"];
            };
        };
        /** @description The request is of a version of tus that is not spoken here. */
        PreconditionFailed: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "error": {
                 *         "code": "invalid_input",
                 *         "message": "Tus-Resumable: this server speaks 1.0.0",
                 *         "retryable": false
                 *       }
                 *     }
                 */
                "application/json": components["schemas"]["ErrorAnswer"];
            };
        };
        /** @description The body did not come in time. */
        RequestTimeout: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "error": {
                 *         "code": "timeout",
                 *         "message": "the body did not come within 10 s",
                 *         "retryable": true
                 *       }
                 *     }
                 */
                "application/json": components["schemas"]["ErrorAnswer"];
            };
        };
        /** @description The server is busy, or a part of it does not answer; nothing was changed. */
        ServiceUnavailable: {
            headers: {
                /** @description Seconds after which trying again makes sense. */
                "Retry-After"?: number;
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "error": {
                 *         "code": "busy",
                 *         "message": "the server is busy: try again in a moment",
                 *         "retry_after": 2,
                 *         "retryable": true
                 *       }
                 *     }
                 */
                "application/json": components["schemas"]["ErrorAnswer"];
            };
        };
        /** @description The body is over its limit. */
        TooLarge: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "error": {
                 *         "code": "too_large",
                 *         "message": "the body is over 65536 bytes",
                 *         "retryable": false
                 *       }
                 *     }
                 */
                "application/json": components["schemas"]["ErrorAnswer"];
            };
        };
        /** @description The quota is used up. */
        TooManyRequests: {
            headers: {
                /** @description Seconds after which trying again makes sense. */
                "Retry-After"?: number;
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "error": {
                 *         "code": "too_fast",
                 *         "message": "too many attempts: try again in 2 seconds",
                 *         "retry_after": 2,
                 *         "retryable": true
                 *       }
                 *     }
                 */
                "application/json": components["schemas"]["ErrorAnswer"];
            };
        };
        /** @description No token, or one that is not valid. */
        Unauthorized: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "error": {
                 *         "code": "unauthenticated",
                 *         "message": "the token has expired",
                 *         "retryable": false
                 *       }
                 *     }
                 */
                "application/json": components["schemas"]["ErrorAnswer"];
            };
        };
    };
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type AcceptAnswer = components['schemas']['AcceptAnswer'];
export type AcceptRequest = components['schemas']['AcceptRequest'];
export type AccountsPage = components['schemas']['AccountsPage'];
export type AccountView = components['schemas']['AccountView'];
export type Acknowledged = components['schemas']['Acknowledged'];
export type Anchors = components['schemas']['Anchors'];
export type AudienceAnswer = components['schemas']['AudienceAnswer'];
export type AudioPositionView = components['schemas']['AudioPositionView'];
export type AuditEntry = components['schemas']['AuditEntry'];
export type AuditPage = components['schemas']['AuditPage'];
export type AuthEnded = components['schemas']['AuthEnded'];
export type AuthExpired = components['schemas']['AuthExpired'];
export type AuthRefresh = components['schemas']['AuthRefresh'];
export type AuthRefreshAck = components['schemas']['AuthRefreshAck'];
export type AuthRefreshDone = components['schemas']['AuthRefreshDone'];
export type AuthRoles = components['schemas']['AuthRoles'];
export type BanNotice = components['schemas']['BanNotice'];
export type BanRequest = components['schemas']['BanRequest'];
export type BansAnswer = components['schemas']['BansAnswer'];
export type BanView = components['schemas']['BanView'];
export type BotRequest = components['schemas']['BotRequest'];
export type BotsAnswer = components['schemas']['BotsAnswer'];
export type BotTokenRequest = components['schemas']['BotTokenRequest'];
export type BotView = components['schemas']['BotView'];
export type BroadcastAnswer = components['schemas']['BroadcastAnswer'];
export type BroadcastPage = components['schemas']['BroadcastPage'];
export type BroadcastRecord = components['schemas']['BroadcastRecord'];
export type BroadcastReport = components['schemas']['BroadcastReport'];
export type BroadcastView = components['schemas']['BroadcastView'];
export type ChatDelete = components['schemas']['ChatDelete'];
export type ChatDeleteAck = components['schemas']['ChatDeleteAck'];
export type ChatDeleted = components['schemas']['ChatDeleted'];
export type ChatDeletedMessage = components['schemas']['ChatDeletedMessage'];
export type ChatDeleteDone = components['schemas']['ChatDeleteDone'];
export type ChatEdit = components['schemas']['ChatEdit'];
export type ChatEditAck = components['schemas']['ChatEditAck'];
export type ChatEditDone = components['schemas']['ChatEditDone'];
export type ChatEdited = components['schemas']['ChatEdited'];
export type ChatEditedMessage = components['schemas']['ChatEditedMessage'];
export type ChatHeld = components['schemas']['ChatHeld'];
export type ChatHeldMessage = components['schemas']['ChatHeldMessage'];
export type ChatMessage = components['schemas']['ChatMessage'];
export type ChatMessageMessage = components['schemas']['ChatMessageMessage'];
export type ChatMessages = components['schemas']['ChatMessages'];
export type ChatMessageView = components['schemas']['ChatMessageView'];
export type ChatModeChanged = components['schemas']['ChatModeChanged'];
export type ChatModeChangedMessage = components['schemas']['ChatModeChangedMessage'];
export type ChatModerate = components['schemas']['ChatModerate'];
export type ChatModerateAck = components['schemas']['ChatModerateAck'];
export type ChatModerateDone = components['schemas']['ChatModerateDone'];
export type ChatModeView = components['schemas']['ChatModeView'];
export type ChatPerson = components['schemas']['ChatPerson'];
export type ChatPinned = components['schemas']['ChatPinned'];
export type ChatPinnedMessage = components['schemas']['ChatPinnedMessage'];
export type ChatPosition = components['schemas']['ChatPosition'];
export type ChatRecovery = components['schemas']['ChatRecovery'];
export type ChatReport = components['schemas']['ChatReport'];
export type ChatReportAck = components['schemas']['ChatReportAck'];
export type ChatReportDone = components['schemas']['ChatReportDone'];
export type ChatReported = components['schemas']['ChatReported'];
export type ChatReportedMessage = components['schemas']['ChatReportedMessage'];
export type ChatRestored = components['schemas']['ChatRestored'];
export type ChatRestoredMessage = components['schemas']['ChatRestoredMessage'];
export type ChatRole = components['schemas']['ChatRole'];
export type ChatSend = components['schemas']['ChatSend'];
export type ChatSendAck = components['schemas']['ChatSendAck'];
export type ChatSendDone = components['schemas']['ChatSendDone'];
export type ChatSetMode = components['schemas']['ChatSetMode'];
export type ChatSetModeAck = components['schemas']['ChatSetModeAck'];
export type ChatSetModeDone = components['schemas']['ChatSetModeDone'];
export type ChatSettingsRequest = components['schemas']['ChatSettingsRequest'];
export type ChatSettingsView = components['schemas']['ChatSettingsView'];
export type ChatSettled = components['schemas']['ChatSettled'];
export type ChatSettledMessage = components['schemas']['ChatSettledMessage'];
export type ChatState = components['schemas']['ChatState'];
export type ChatUser = components['schemas']['ChatUser'];
export type Connect = components['schemas']['Connect'];
export type ConnectError = components['schemas']['ConnectError'];
export type Counts = components['schemas']['Counts'];
export type DigestEntry = components['schemas']['DigestEntry'];
export type Document = components['schemas']['Document'];
export type Done = components['schemas']['Done'];
export type EncoderView = components['schemas']['EncoderView'];
export type Envelope = components['schemas']['Envelope'];
export type ErrorAnswer = components['schemas']['ErrorAnswer'];
export type ErrorBody = components['schemas']['ErrorBody'];
export type ErrorCode = components['schemas']['ErrorCode'];
export type ForecastView = components['schemas']['ForecastView'];
export type GoingAway = components['schemas']['GoingAway'];
export type GoLiveRequest = components['schemas']['GoLiveRequest'];
export type GoLiveSource = components['schemas']['GoLiveSource'];
export type GuestRequest = components['schemas']['GuestRequest'];
export type HeartbeatAnswer = components['schemas']['HeartbeatAnswer'];
export type HeldAnswer = components['schemas']['HeldAnswer'];
export type HistoryPage = components['schemas']['HistoryPage'];
export type IncidentKind = components['schemas']['IncidentKind'];
export type IncidentView = components['schemas']['IncidentView'];
export type InteractionLike = components['schemas']['InteractionLike'];
export type InteractionLikeAck = components['schemas']['InteractionLikeAck'];
export type InteractionLikeDone = components['schemas']['InteractionLikeDone'];
export type InteractionReact = components['schemas']['InteractionReact'];
export type InteractionReactAck = components['schemas']['InteractionReactAck'];
export type InteractionReactDone = components['schemas']['InteractionReactDone'];
export type InvitationRequest = components['schemas']['InvitationRequest'];
export type InvitationsAnswer = components['schemas']['InvitationsAnswer'];
export type InvitationView = components['schemas']['InvitationView'];
export type JoinAnswer = components['schemas']['JoinAnswer'];
export type JsonValue = components['schemas']['JsonValue'];
export type KeyRequest = components['schemas']['KeyRequest'];
export type KeysAnswer = components['schemas']['KeysAnswer'];
export type KeyView = components['schemas']['KeyView'];
export type KickAnswer = components['schemas']['KickAnswer'];
export type KickRequest = components['schemas']['KickRequest'];
export type Kind = components['schemas']['Kind'];
export type LibraryChanged = components['schemas']['LibraryChanged'];
export type LibraryChangedMessage = components['schemas']['LibraryChangedMessage'];
export type LikeAnswer = components['schemas']['LikeAnswer'];
export type Liked = components['schemas']['Liked'];
export type LikesChanged = components['schemas']['LikesChanged'];
export type LikesChangedMessage = components['schemas']['LikesChangedMessage'];
export type LikeTarget = components['schemas']['LikeTarget'];
export type LinkRequest = components['schemas']['LinkRequest'];
export type LinkView = components['schemas']['LinkView'];
export type ListenersInSync = components['schemas']['ListenersInSync'];
export type Live = components['schemas']['Live'];
export type LoginRequest = components['schemas']['LoginRequest'];
export type LogoutRequest = components['schemas']['LogoutRequest'];
export type LovedAnswer = components['schemas']['LovedAnswer'];
export type LovedPlay = components['schemas']['LovedPlay'];
export type Me = components['schemas']['Me'];
export type MemberRequest = components['schemas']['MemberRequest'];
export type MembersAnswer = components['schemas']['MembersAnswer'];
export type MemberView = components['schemas']['MemberView'];
export type MetadataRequest = components['schemas']['MetadataRequest'];
export type MinuteView = components['schemas']['MinuteView'];
export type MissedChatDeleted = components['schemas']['MissedChatDeleted'];
export type MissedChatEdited = components['schemas']['MissedChatEdited'];
export type MissedChatEvent = components['schemas']['MissedChatEvent'];
export type MissedChatMessage = components['schemas']['MissedChatMessage'];
export type MissedChatModeChanged = components['schemas']['MissedChatModeChanged'];
export type MissedChatPinned = components['schemas']['MissedChatPinned'];
export type MissedChatRestored = components['schemas']['MissedChatRestored'];
export type MissedEvent = components['schemas']['MissedEvent'];
export type MissedStationChanged = components['schemas']['MissedStationChanged'];
export type MissedStreamMetadata = components['schemas']['MissedStreamMetadata'];
export type MissedStreamStarted = components['schemas']['MissedStreamStarted'];
export type MissedStreamStopped = components['schemas']['MissedStreamStopped'];
export type ModeAnswer = components['schemas']['ModeAnswer'];
export type ModerateAction = components['schemas']['ModerateAction'];
export type ModerateAnswer = components['schemas']['ModerateAnswer'];
export type Mount = components['schemas']['Mount'];
export type MoveRequest = components['schemas']['MoveRequest'];
export type NowPlayingView = components['schemas']['NowPlayingView'];
export type OfferView = components['schemas']['OfferView'];
export type OnAirKind = components['schemas']['OnAirKind'];
export type PasswordRequest = components['schemas']['PasswordRequest'];
export type PastAction = components['schemas']['PastAction'];
export type PeaksView = components['schemas']['PeaksView'];
export type PeopleAnswer = components['schemas']['PeopleAnswer'];
export type PersonalExport = components['schemas']['PersonalExport'];
export type PersonView = components['schemas']['PersonView'];
export type PlacedView = components['schemas']['PlacedView'];
export type PlatformDigest = components['schemas']['PlatformDigest'];
export type PlatformRole = components['schemas']['PlatformRole'];
export type PlatformUnwatch = components['schemas']['PlatformUnwatch'];
export type PlatformUnwatchAck = components['schemas']['PlatformUnwatchAck'];
export type PlatformUnwatchDone = components['schemas']['PlatformUnwatchDone'];
export type PlatformWatch = components['schemas']['PlatformWatch'];
export type PlatformWatchAck = components['schemas']['PlatformWatchAck'];
export type PlatformWatchDone = components['schemas']['PlatformWatchDone'];
export type PlaylistAnswer = components['schemas']['PlaylistAnswer'];
export type PlaylistMove = components['schemas']['PlaylistMove'];
export type PlaylistPatch = components['schemas']['PlaylistPatch'];
export type PlaylistRequest = components['schemas']['PlaylistRequest'];
export type PlaylistsView = components['schemas']['PlaylistsView'];
export type PlaylistTracksAnswer = components['schemas']['PlaylistTracksAnswer'];
export type PlaylistTracksPage = components['schemas']['PlaylistTracksPage'];
export type PlaylistView = components['schemas']['PlaylistView'];
export type PlayView = components['schemas']['PlayView'];
export type PreviewAnswer = components['schemas']['PreviewAnswer'];
export type PreviewRequest = components['schemas']['PreviewRequest'];
export type PushAnswer = components['schemas']['PushAnswer'];
export type PushKeyAnswer = components['schemas']['PushKeyAnswer'];
export type PushKeys = components['schemas']['PushKeys'];
export type PushRequest = components['schemas']['PushRequest'];
export type QualityReason = components['schemas']['QualityReason'];
export type QualityState = components['schemas']['QualityState'];
export type QueuedTrack = components['schemas']['QueuedTrack'];
export type QueueItem = components['schemas']['QueueItem'];
export type QueueRequest = components['schemas']['QueueRequest'];
export type QueueView = components['schemas']['QueueView'];
export type ReactionKind = components['schemas']['ReactionKind'];
export type Reactions = components['schemas']['Reactions'];
export type ReactionsMessage = components['schemas']['ReactionsMessage'];
export type Ready = components['schemas']['Ready'];
export type RefreshAnswer = components['schemas']['RefreshAnswer'];
export type RefreshRequest = components['schemas']['RefreshRequest'];
export type Refusal = components['schemas']['Refusal'];
export type ReportsAnswer = components['schemas']['ReportsAnswer'];
export type ReportView = components['schemas']['ReportView'];
export type RoleRequest = components['schemas']['RoleRequest'];
export type RowState = components['schemas']['RowState'];
export type SanctionView = components['schemas']['SanctionView'];
export type SendAnswer = components['schemas']['SendAnswer'];
export type ServerTime = components['schemas']['ServerTime'];
export type SharedPatch = components['schemas']['SharedPatch'];
export type SignalRow = components['schemas']['SignalRow'];
export type SignalsAnswer = components['schemas']['SignalsAnswer'];
export type SignalView = components['schemas']['SignalView'];
export type SkipRequest = components['schemas']['SkipRequest'];
export type Snapshot = components['schemas']['Snapshot'];
export type Song = components['schemas']['Song'];
export type SongNow = components['schemas']['SongNow'];
export type SongPlay = components['schemas']['SongPlay'];
export type SourceId = components['schemas']['SourceId'];
export type SourceKind = components['schemas']['SourceKind'];
export type SourcePreviewAnswer = components['schemas']['SourcePreviewAnswer'];
export type SourceState = components['schemas']['SourceState'];
export type SourceView = components['schemas']['SourceView'];
export type Spread = components['schemas']['Spread'];
export type StationArtAnswer = components['schemas']['StationArtAnswer'];
export type StationChanged = components['schemas']['StationChanged'];
export type StationChangedMessage = components['schemas']['StationChangedMessage'];
export type StationPatch = components['schemas']['StationPatch'];
export type StationRequest = components['schemas']['StationRequest'];
export type StationRole = components['schemas']['StationRole'];
export type StationsAnswer = components['schemas']['StationsAnswer'];
export type StationSettings = components['schemas']['StationSettings'];
export type StationSettingsList = components['schemas']['StationSettingsList'];
export type StationShape = components['schemas']['StationShape'];
export type StationStatus = components['schemas']['StationStatus'];
export type StationStatuses = components['schemas']['StationStatuses'];
export type StationView = components['schemas']['StationView'];
export type StopReason = components['schemas']['StopReason'];
export type StopRequest = components['schemas']['StopRequest'];
export type StreamHeartbeat = components['schemas']['StreamHeartbeat'];
export type StreamHeartbeatAck = components['schemas']['StreamHeartbeatAck'];
export type StreamHeartbeatDone = components['schemas']['StreamHeartbeatDone'];
export type StreamIncident = components['schemas']['StreamIncident'];
export type StreamIncidentMessage = components['schemas']['StreamIncidentMessage'];
export type StreamJoin = components['schemas']['StreamJoin'];
export type StreamJoinAck = components['schemas']['StreamJoinAck'];
export type StreamJoinDone = components['schemas']['StreamJoinDone'];
export type StreamLeave = components['schemas']['StreamLeave'];
export type StreamLeaveAck = components['schemas']['StreamLeaveAck'];
export type StreamLeaveDone = components['schemas']['StreamLeaveDone'];
export type StreamListeners = components['schemas']['StreamListeners'];
export type StreamListenersMessage = components['schemas']['StreamListenersMessage'];
export type StreamMetadata = components['schemas']['StreamMetadata'];
export type StreamMetadataMessage = components['schemas']['StreamMetadataMessage'];
export type StreamQuality = components['schemas']['StreamQuality'];
export type StreamQualityMessage = components['schemas']['StreamQualityMessage'];
export type StreamQueue = components['schemas']['StreamQueue'];
export type StreamQueueMessage = components['schemas']['StreamQueueMessage'];
export type StreamSignal = components['schemas']['StreamSignal'];
export type StreamSignalMessage = components['schemas']['StreamSignalMessage'];
export type StreamStarted = components['schemas']['StreamStarted'];
export type StreamStartedMessage = components['schemas']['StreamStartedMessage'];
export type StreamStopped = components['schemas']['StreamStopped'];
export type StreamStoppedMessage = components['schemas']['StreamStoppedMessage'];
export type StreamView = components['schemas']['StreamView'];
export type SyncMode = components['schemas']['SyncMode'];
export type TargetKind = components['schemas']['TargetKind'];
export type TogetherAnswer = components['schemas']['TogetherAnswer'];
export type TogetherJoin = components['schemas']['TogetherJoin'];
export type TogetherJoinAck = components['schemas']['TogetherJoinAck'];
export type TogetherJoinDone = components['schemas']['TogetherJoinDone'];
export type TogetherLeave = components['schemas']['TogetherLeave'];
export type TogetherLeaveAck = components['schemas']['TogetherLeaveAck'];
export type TogetherLeaveDone = components['schemas']['TogetherLeaveDone'];
export type TogetherMark = components['schemas']['TogetherMark'];
export type TogetherMarkAck = components['schemas']['TogetherMarkAck'];
export type TogetherMarkDone = components['schemas']['TogetherMarkDone'];
export type TogetherMarked = components['schemas']['TogetherMarked'];
export type TogetherMember = components['schemas']['TogetherMember'];
export type TogetherMembers = components['schemas']['TogetherMembers'];
export type TokenAnswer = components['schemas']['TokenAnswer'];
export type Track = components['schemas']['Track'];
export type TrackAnswer = components['schemas']['TrackAnswer'];
export type TrackIds = components['schemas']['TrackIds'];
export type TrackPatch = components['schemas']['TrackPatch'];
export type TracksAnswer = components['schemas']['TracksAnswer'];
export type TracksPage = components['schemas']['TracksPage'];
export type TracksPatch = components['schemas']['TracksPatch'];
export type TrackView = components['schemas']['TrackView'];
export type UpgradeRequest = components['schemas']['UpgradeRequest'];
export type UploadForm = components['schemas']['UploadForm'];
export type UserView = components['schemas']['UserView'];
export type WatchAnswer = components['schemas']['WatchAnswer'];
export type Why = components['schemas']['Why'];
export type ResponseBadRequest = components['responses']['BadRequest'];
export type ResponseChecksumMismatch = components['responses']['ChecksumMismatch'];
export type ResponseConflict = components['responses']['Conflict'];
export type ResponseForbidden = components['responses']['Forbidden'];
export type ResponseInsufficientStorage = components['responses']['InsufficientStorage'];
export type ResponseInternalServerError = components['responses']['InternalServerError'];
export type ResponseNotFound = components['responses']['NotFound'];
export type ResponsePreconditionFailed = components['responses']['PreconditionFailed'];
export type ResponseRequestTimeout = components['responses']['RequestTimeout'];
export type ResponseServiceUnavailable = components['responses']['ServiceUnavailable'];
export type ResponseTooLarge = components['responses']['TooLarge'];
export type ResponseTooManyRequests = components['responses']['TooManyRequests'];
export type ResponseUnauthorized = components['responses']['Unauthorized'];
export type $defs = Record<string, never>;
export interface operations {
    onair_azuracast_all: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The status of every station in AzuraCast's shape. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example [
                     *       {
                     *         "cache": null,
                     *         "is_online": false,
                     *         "listeners": {
                     *           "current": 128,
                     *           "total": 128,
                     *           "unique": 128
                     *         },
                     *         "live": {
                     *           "art": null,
                     *           "broadcast_start": 1767225600,
                     *           "is_live": false,
                     *           "streamer_name": "Sara"
                     *         },
                     *         "now_playing": {
                     *           "duration": 248,
                     *           "elapsed": 31,
                     *           "is_request": false,
                     *           "played_at": 1767225600,
                     *           "playlist": "",
                     *           "remaining": 217,
                     *           "sh_id": 4711,
                     *           "song": {
                     *             "album": "Lamps of Lahore",
                     *             "art": null,
                     *             "artist": "The Lamps",
                     *             "custom_fields": [],
                     *             "genre": "",
                     *             "id": "4f1b0c9d2e7a5f38",
                     *             "isrc": "",
                     *             "lyrics": "",
                     *             "text": "The Lamps - Chirag",
                     *             "title": "Chirag"
                     *           },
                     *           "streamer": "Sara"
                     *         },
                     *         "playing_next": null,
                     *         "song_history": [
                     *           {
                     *             "duration": 248,
                     *             "is_request": false,
                     *             "played_at": 1767225600,
                     *             "playlist": "",
                     *             "sh_id": 4711,
                     *             "song": {
                     *               "album": "Lamps of Lahore",
                     *               "art": null,
                     *               "artist": "The Lamps",
                     *               "custom_fields": [],
                     *               "genre": "",
                     *               "id": "4f1b0c9d2e7a5f38",
                     *               "isrc": "",
                     *               "lyrics": "",
                     *               "text": "The Lamps - Chirag",
                     *               "title": "Chirag"
                     *             },
                     *             "streamer": "Sara"
                     *           }
                     *         ],
                     *         "station": {
                     *           "backend": "liquidsoap",
                     *           "description": "Qawwali and ghazals, day and night.",
                     *           "frontend": "icecast",
                     *           "hls_enabled": false,
                     *           "hls_url": null,
                     *           "id": "4f1b0c9d2e7a5f38",
                     *           "is_public": true,
                     *           "listen_url": "https://radio.example:8000/awaz.mp3",
                     *           "mounts": [
                     *             {
                     *               "bitrate": 128,
                     *               "format": "mp3",
                     *               "is_default": true,
                     *               "listeners": {
                     *                 "current": 128,
                     *                 "total": 128,
                     *                 "unique": 128
                     *               },
                     *               "path": "/awaz.mp3",
                     *               "url": "https://radio.example:8000/awaz.mp3"
                     *             }
                     *           ],
                     *           "name": "Awaz",
                     *           "public_player_url": "https://radio.example/s/awaz",
                     *           "remotes": [],
                     *           "shortcode": "awaz",
                     *           "url": "https://radio.example/s/awaz"
                     *         }
                     *       }
                     *     ]
                     */
                    "application/json": components["schemas"]["StationStatuses"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    onair_azuracast: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The station's slug. */
                slug: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A station's status in AzuraCast's shape. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "cache": null,
                     *       "is_online": false,
                     *       "listeners": {
                     *         "current": 128,
                     *         "total": 128,
                     *         "unique": 128
                     *       },
                     *       "live": {
                     *         "art": null,
                     *         "broadcast_start": 1767225600,
                     *         "is_live": false,
                     *         "streamer_name": "Sara"
                     *       },
                     *       "now_playing": {
                     *         "duration": 248,
                     *         "elapsed": 31,
                     *         "is_request": false,
                     *         "played_at": 1767225600,
                     *         "playlist": "",
                     *         "remaining": 217,
                     *         "sh_id": 4711,
                     *         "song": {
                     *           "album": "Lamps of Lahore",
                     *           "art": null,
                     *           "artist": "The Lamps",
                     *           "custom_fields": [],
                     *           "genre": "",
                     *           "id": "4f1b0c9d2e7a5f38",
                     *           "isrc": "",
                     *           "lyrics": "",
                     *           "text": "The Lamps - Chirag",
                     *           "title": "Chirag"
                     *         },
                     *         "streamer": "Sara"
                     *       },
                     *       "playing_next": null,
                     *       "song_history": [
                     *         {
                     *           "duration": 248,
                     *           "is_request": false,
                     *           "played_at": 1767225600,
                     *           "playlist": "",
                     *           "sh_id": 4711,
                     *           "song": {
                     *             "album": "Lamps of Lahore",
                     *             "art": null,
                     *             "artist": "The Lamps",
                     *             "custom_fields": [],
                     *             "genre": "",
                     *             "id": "4f1b0c9d2e7a5f38",
                     *             "isrc": "",
                     *             "lyrics": "",
                     *             "text": "The Lamps - Chirag",
                     *             "title": "Chirag"
                     *           },
                     *           "streamer": "Sara"
                     *         }
                     *       ],
                     *       "station": {
                     *         "backend": "liquidsoap",
                     *         "description": "Qawwali and ghazals, day and night.",
                     *         "frontend": "icecast",
                     *         "hls_enabled": false,
                     *         "hls_url": null,
                     *         "id": "4f1b0c9d2e7a5f38",
                     *         "is_public": true,
                     *         "listen_url": "https://radio.example:8000/awaz.mp3",
                     *         "mounts": [
                     *           {
                     *             "bitrate": 128,
                     *             "format": "mp3",
                     *             "is_default": true,
                     *             "listeners": {
                     *               "current": 128,
                     *               "total": 128,
                     *               "unique": 128
                     *             },
                     *             "path": "/awaz.mp3",
                     *             "url": "https://radio.example:8000/awaz.mp3"
                     *           }
                     *         ],
                     *         "name": "Awaz",
                     *         "public_player_url": "https://radio.example/s/awaz",
                     *         "remotes": [],
                     *         "shortcode": "awaz",
                     *         "url": "https://radio.example/s/awaz"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["StationStatus"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    moderation_audit_everywhere: {
        parameters: {
            query?: {
                /** @description The `next` of the page before; the first page without it. */
                cursor?: string;
                /** @description The greatest number of items to return. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Entries of the audit log, the newest first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "action": "member.set",
                     *           "actor": "Sara",
                     *           "actor_id": "4f1b0c9d2e7a5f38",
                     *           "address": "203.0.113.7",
                     *           "at": 1767225600000,
                     *           "detail": {
                     *             "from": "listener",
                     *             "to": "host"
                     *           },
                     *           "id": 17,
                     *           "station": "awaz",
                     *           "target": "bilal"
                     *         }
                     *       ],
                     *       "next": "17"
                     *     }
                     */
                    "application/json": components["schemas"]["AuditPage"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    moderation_bans_everywhere: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The bans in force. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "bans": [
                     *         {
                     *           "created_at": 1767225600000,
                     *           "id": "0c9d2e7a5f38",
                     *           "made_by": "Sara",
                     *           "name": "Bilal",
                     *           "reason": "shouting",
                     *           "station": "awaz",
                     *           "until": 1767229200000,
                     *           "user_id": "4f1b0c9d2e7a5f38"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["BansAnswer"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    moderation_ban_everywhere: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description Ban a user or guest, at once. */
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "reason": "",
                 *       "seconds": 3600,
                 *       "user_id": "4f1b0c9d2e7a5f38"
                 *     }
                 */
                "application/json": components["schemas"]["BanRequest"];
            };
        };
        responses: {
            /** @description A ban. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "created_at": 1767225600000,
                     *       "id": "0c9d2e7a5f38",
                     *       "made_by": "Sara",
                     *       "name": "Bilal",
                     *       "reason": "shouting",
                     *       "station": "awaz",
                     *       "until": 1767229200000,
                     *       "user_id": "4f1b0c9d2e7a5f38"
                     *     }
                     */
                    "application/json": components["schemas"]["BanView"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            408: components["responses"]["RequestTimeout"];
            413: components["responses"]["TooLarge"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    moderation_lift_everywhere: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id, as an answer has it. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request was carried out. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "ok": true
                     *     }
                     */
                    "application/json": components["schemas"]["Done"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    manage_all: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Every station's settings. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "stations": [
                     *         {
                     *           "art_url": "/api/v1/stations/awaz/art?v=5d41402a",
                     *           "auto_live": true,
                     *           "auto_stop": true,
                     *           "bitrate_kbps": 128,
                     *           "dead_air_s": 30,
                     *           "description": "Qawwali and ghazals, day and night.",
                     *           "language": "ur",
                     *           "links": [
                     *             {
                     *               "name": "Instagram",
                     *               "url": "https://instagram.example/awaz"
                     *             }
                     *           ],
                     *           "name": "Awaz",
                     *           "owners": [
                     *             "Sara"
                     *           ],
                     *           "slug": "awaz",
                     *           "timezone": "Asia/Karachi"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["StationSettingsList"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    account_users: {
        parameters: {
            query?: {
                /** @description The `next` of the page before; the first page without it. */
                cursor?: string;
                /** @description The greatest number of items to return. */
                limit?: number;
                /** @description A part of a login or a name, in small or capital letters; without it, all are listed. */
                search?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The users, by login. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "id": "4f1b0c9d2e7a5f38",
                     *           "login": "sara",
                     *           "name": "Sara",
                     *           "role": "admin"
                     *         }
                     *       ],
                     *       "next": "sara"
                     *     }
                     */
                    "application/json": components["schemas"]["AccountsPage"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    account_set_role: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id, as an answer has it. */
                id: string;
            };
            cookie?: never;
        };
        /** @description Change a user's role on the platform. */
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "role": "admin"
                 *     }
                 */
                "application/json": components["schemas"]["RoleRequest"];
            };
        };
        responses: {
            /** @description A user, as admins see it. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "4f1b0c9d2e7a5f38",
                     *       "login": "sara",
                     *       "name": "Sara",
                     *       "role": "admin"
                     *     }
                     */
                    "application/json": components["schemas"]["AccountView"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            408: components["responses"]["RequestTimeout"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    references_asyncapi: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A reference: an OpenAPI or AsyncAPI document. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /** @example {} */
                    "application/json": components["schemas"]["Document"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    bot_token: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description Get an access token for a bot. */
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "key": "KEY"
                 *     }
                 */
                "application/json": components["schemas"]["BotTokenRequest"];
            };
        };
        responses: {
            /** @description An access token, and the refresh token to get the next one with. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "access_token": "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ1MSJ9.c2ln",
                     *       "device": "eyJhbGciOiJIUzI1NiJ9.eyJkZXYiOiJkMSJ9.c2ln",
                     *       "expires_in": 900,
                     *       "refresh_token": "IvTBy4aCxp6fDjYRRrrV0qjK-xDYtSLartkBaln7aFY",
                     *       "token_type": "Bearer",
                     *       "user": {
                     *         "id": "4f1b0c9d2e7a5f38",
                     *         "name": "Sara",
                     *         "role": "user"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["TokenAnswer"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            408: components["responses"]["RequestTimeout"];
            413: components["responses"]["TooLarge"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    account_guest: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description Get a guest's tokens. */
        requestBody?: {
            content: {
                /**
                 * @example {
                 *       "name": "Sara"
                 *     }
                 */
                "application/json": components["schemas"]["GuestRequest"];
            };
        };
        responses: {
            /** @description An access token, and the refresh token to get the next one with. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "access_token": "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ1MSJ9.c2ln",
                     *       "device": "eyJhbGciOiJIUzI1NiJ9.eyJkZXYiOiJkMSJ9.c2ln",
                     *       "expires_in": 900,
                     *       "refresh_token": "IvTBy4aCxp6fDjYRRrrV0qjK-xDYtSLartkBaln7aFY",
                     *       "token_type": "Bearer",
                     *       "user": {
                     *         "id": "4f1b0c9d2e7a5f38",
                     *         "name": "Sara",
                     *         "role": "user"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["TokenAnswer"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            408: components["responses"]["RequestTimeout"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    account_login: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description Sign in with a password. */
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "device": "eyJhbGciOiJIUzI1NiJ9.eyJkZXYiOiJkMSJ9.c2ln",
                 *       "login": "sara",
                 *       "password": "correct horse battery staple"
                 *     }
                 */
                "application/json": components["schemas"]["LoginRequest"];
            };
        };
        responses: {
            /** @description An access token, and the refresh token to get the next one with. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "access_token": "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ1MSJ9.c2ln",
                     *       "device": "eyJhbGciOiJIUzI1NiJ9.eyJkZXYiOiJkMSJ9.c2ln",
                     *       "expires_in": 900,
                     *       "refresh_token": "IvTBy4aCxp6fDjYRRrrV0qjK-xDYtSLartkBaln7aFY",
                     *       "token_type": "Bearer",
                     *       "user": {
                     *         "id": "4f1b0c9d2e7a5f38",
                     *         "name": "Sara",
                     *         "role": "user"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["TokenAnswer"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            408: components["responses"]["RequestTimeout"];
            413: components["responses"]["TooLarge"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    account_logout: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description End this session, or all of the user's. */
        requestBody?: {
            content: {
                /**
                 * @example {
                 *       "everywhere": false
                 *     }
                 */
                "application/json": components["schemas"]["LogoutRequest"];
            };
        };
        responses: {
            /** @description The request was carried out. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "ok": true
                     *     }
                     */
                    "application/json": components["schemas"]["Done"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            408: components["responses"]["RequestTimeout"];
            413: components["responses"]["TooLarge"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    account_refresh: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description Get the next access token. */
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "refresh_token": "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ1MSJ9.c2ln"
                 *     }
                 */
                "application/json": components["schemas"]["RefreshRequest"];
            };
        };
        responses: {
            /** @description An access token, and the refresh token to get the next one with. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "access_token": "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ1MSJ9.c2ln",
                     *       "device": "eyJhbGciOiJIUzI1NiJ9.eyJkZXYiOiJkMSJ9.c2ln",
                     *       "expires_in": 900,
                     *       "refresh_token": "IvTBy4aCxp6fDjYRRrrV0qjK-xDYtSLartkBaln7aFY",
                     *       "token_type": "Bearer",
                     *       "user": {
                     *         "id": "4f1b0c9d2e7a5f38",
                     *         "name": "Sara",
                     *         "role": "user"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["TokenAnswer"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            408: components["responses"]["RequestTimeout"];
            413: components["responses"]["TooLarge"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    account_upgrade: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description Become a user: the guest's open sockets become the user's. */
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "login": "sara",
                 *       "name": "Sara",
                 *       "password": "correct horse battery staple"
                 *     }
                 */
                "application/json": components["schemas"]["UpgradeRequest"];
            };
        };
        responses: {
            /** @description An access token, and the refresh token to get the next one with. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "access_token": "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ1MSJ9.c2ln",
                     *       "device": "eyJhbGciOiJIUzI1NiJ9.eyJkZXYiOiJkMSJ9.c2ln",
                     *       "expires_in": 900,
                     *       "refresh_token": "IvTBy4aCxp6fDjYRRrrV0qjK-xDYtSLartkBaln7aFY",
                     *       "token_type": "Bearer",
                     *       "user": {
                     *         "id": "4f1b0c9d2e7a5f38",
                     *         "name": "Sara",
                     *         "role": "user"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["TokenAnswer"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            408: components["responses"]["RequestTimeout"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    station_accept: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description Accept an invitation. */
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "token": "kQ3vX0n2b7Jw5Zr8"
                 *     }
                 */
                "application/json": components["schemas"]["AcceptRequest"];
            };
        };
        responses: {
            /** @description The role that the user has now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "role": "owner",
                     *       "station": "awaz"
                     *     }
                     */
                    "application/json": components["schemas"]["AcceptAnswer"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            408: components["responses"]["RequestTimeout"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    station_preview: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description Accept an invitation. */
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "token": "kQ3vX0n2b7Jw5Zr8"
                 *     }
                 */
                "application/json": components["schemas"]["AcceptRequest"];
            };
        };
        responses: {
            /** @description The offer of an invitation. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "made_by": "Sara",
                     *       "message": "We'd love to have you on Fridays at nine.",
                     *       "role": "owner",
                     *       "state": "open",
                     *       "station": "awaz",
                     *       "station_name": "Sara"
                     *     }
                     */
                    "application/json": components["schemas"]["OfferView"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            408: components["responses"]["RequestTimeout"];
            413: components["responses"]["TooLarge"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    account_me: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The user or guest that a token stands for, with the roles at stations. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "creates_stations": false,
                     *       "id": "4f1b0c9d2e7a5f38",
                     *       "name": "Sara",
                     *       "role": "user",
                     *       "stations": {
                     *         "awaz": "host"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["Me"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    personal_erase: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request was carried out. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "ok": true
                     *     }
                     */
                    "application/json": components["schemas"]["Done"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            409: components["responses"]["Conflict"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    personal_export: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Everything that is kept of a person. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "data": {
                     *         "chat": [
                     *           {
                     *             "station": "awaz",
                     *             "text": "What a voice!",
                     *             "written_at": 1767225600000
                     *           }
                     *         ]
                     *       },
                     *       "exported_at": 1767225600000
                     *     }
                     */
                    "application/json": components["schemas"]["PersonalExport"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    account_password: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description Change the password; all other sessions of the user end. */
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "current": "correct horse battery staple",
                 *       "password": "correct horse battery staple"
                 *     }
                 */
                "application/json": components["schemas"]["PasswordRequest"];
            };
        };
        responses: {
            /** @description An access token, and the refresh token to get the next one with. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "access_token": "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ1MSJ9.c2ln",
                     *       "device": "eyJhbGciOiJIUzI1NiJ9.eyJkZXYiOiJkMSJ9.c2ln",
                     *       "expires_in": 900,
                     *       "refresh_token": "IvTBy4aCxp6fDjYRRrrV0qjK-xDYtSLartkBaln7aFY",
                     *       "token_type": "Bearer",
                     *       "user": {
                     *         "id": "4f1b0c9d2e7a5f38",
                     *         "name": "Sara",
                     *         "role": "user"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["TokenAnswer"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            408: components["responses"]["RequestTimeout"];
            413: components["responses"]["TooLarge"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    references_openapi: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A reference: an OpenAPI or AsyncAPI document. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /** @example {} */
                    "application/json": components["schemas"]["Document"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    push_key: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The key of this server. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "public_key": "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
                     *     }
                     */
                    "application/json": components["schemas"]["PushKeyAnswer"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    onair_stations: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The stations, by slug. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "stations": [
                     *         {
                     *           "art_url": "/api/v1/stations/awaz/art?v=5d41402a",
                     *           "description": "Qawwali and ghazals, day and night.",
                     *           "language": "ur",
                     *           "links": [
                     *             {
                     *               "name": "Instagram",
                     *               "url": "https://instagram.example/awaz"
                     *             }
                     *           ],
                     *           "listeners": 128,
                     *           "name": "Awaz",
                     *           "on_air": "live",
                     *           "page_url": "https://radio.example/s/awaz",
                     *           "slug": "awaz",
                     *           "stream_url": "https://radio.example:8000/awaz.mp3",
                     *           "streams": [
                     *             {
                     *               "bitrate_kbps": 128,
                     *               "burst_ms": 4608,
                     *               "format": "mp3",
                     *               "url": "https://radio.example:8000/awaz.mp3"
                     *             }
                     *           ],
                     *           "urls": {
                     *             "aac": "https://radio.example:8000/awaz.aac",
                     *             "mp3": "https://radio.example:8000/awaz.mp3"
                     *           }
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["StationsAnswer"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    manage_add: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description Create a station. */
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "bitrate_kbps": 128,
                 *       "description": "",
                 *       "language": "",
                 *       "name": "Awaz",
                 *       "owner": "sara",
                 *       "slug": "awaz",
                 *       "timezone": "UTC"
                 *     }
                 */
                "application/json": components["schemas"]["StationRequest"];
            };
        };
        responses: {
            /** @description A station as who runs it sees it. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "art_url": "/api/v1/stations/awaz/art?v=5d41402a",
                     *       "auto_live": true,
                     *       "auto_stop": true,
                     *       "bitrate_kbps": 128,
                     *       "dead_air_s": 30,
                     *       "description": "Qawwali and ghazals, day and night.",
                     *       "language": "ur",
                     *       "links": [
                     *         {
                     *           "name": "Instagram",
                     *           "url": "https://instagram.example/awaz"
                     *         }
                     *       ],
                     *       "name": "Awaz",
                     *       "owners": [
                     *         "Sara"
                     *       ],
                     *       "slug": "awaz",
                     *       "timezone": "Asia/Karachi"
                     *     }
                     */
                    "application/json": components["schemas"]["StationSettings"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            408: components["responses"]["RequestTimeout"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    onair_station: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The station's slug. */
                slug: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A station and the URLs of its stream. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "art_url": "/api/v1/stations/awaz/art?v=5d41402a",
                     *       "description": "Qawwali and ghazals, day and night.",
                     *       "language": "ur",
                     *       "links": [
                     *         {
                     *           "name": "Instagram",
                     *           "url": "https://instagram.example/awaz"
                     *         }
                     *       ],
                     *       "listeners": 128,
                     *       "name": "Awaz",
                     *       "on_air": "live",
                     *       "page_url": "https://radio.example/s/awaz",
                     *       "slug": "awaz",
                     *       "stream_url": "https://radio.example:8000/awaz.mp3",
                     *       "streams": [
                     *         {
                     *           "bitrate_kbps": 128,
                     *           "burst_ms": 4608,
                     *           "format": "mp3",
                     *           "url": "https://radio.example:8000/awaz.mp3"
                     *         }
                     *       ],
                     *       "urls": {
                     *         "aac": "https://radio.example:8000/awaz.aac",
                     *         "mp3": "https://radio.example:8000/awaz.mp3"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["StationView"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    manage_remove: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The station's slug. */
                slug: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request was carried out. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "ok": true
                     *     }
                     */
                    "application/json": components["schemas"]["Done"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    manage_change: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The station's slug. */
                slug: string;
            };
            cookie?: never;
        };
        /** @description Change a station's settings; what is left out stays, and one is needed. */
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "auto_live": true,
                 *       "auto_stop": true,
                 *       "bitrate_kbps": 128,
                 *       "dead_air_s": 30,
                 *       "description": "Ghazals, day and night.",
                 *       "language": "ur",
                 *       "links": [
                 *         {
                 *           "name": "Instagram",
                 *           "url": "https://instagram.example/awaz"
                 *         }
                 *       ],
                 *       "name": "Awaz",
                 *       "timezone": "Asia/Karachi"
                 *     }
                 */
                "application/json": components["schemas"]["StationPatch"];
            };
        };
        responses: {
            /** @description A station as who runs it sees it. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "art_url": "/api/v1/stations/awaz/art?v=5d41402a",
                     *       "auto_live": true,
                     *       "auto_stop": true,
                     *       "bitrate_kbps": 128,
                     *       "dead_air_s": 30,
                     *       "description": "Qawwali and ghazals, day and night.",
                     *       "language": "ur",
                     *       "links": [
                     *         {
                     *           "name": "Instagram",
                     *           "url": "https://instagram.example/awaz"
                     *         }
                     *       ],
                     *       "name": "Awaz",
                     *       "owners": [
                     *         "Sara"
                     *       ],
                     *       "slug": "awaz",
                     *       "timezone": "Asia/Karachi"
                     *     }
                     */
                    "application/json": components["schemas"]["StationSettings"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            408: components["responses"]["RequestTimeout"];
            413: components["responses"]["TooLarge"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    sync_anchors: {
        parameters: {
            query?: {
                /** @description A public mount of the station; its MP3 mount if it is left out. */
                mount?: string;
            };
            header?: never;
            path: {
                /** @description The station's slug. */
                slug: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The newest frames of a mount, and when each is to be heard: frame `n` at `t0 + n * frame_s + target_s`. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "crc": [
                     *         2837462919,
                     *         null,
                     *         501827364
                     *       ],
                     *       "frame_s": 0.026122448979591838,
                     *       "mount": "/awaz.mp3",
                     *       "n0": 18342,
                     *       "server_time": 1795600000.25,
                     *       "stream_epoch": "5f0c9a1be27d",
                     *       "t0": 1795600000.25,
                     *       "target_s": 3
                     *     }
                     */
                    "application/json": components["schemas"]["Anchors"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    art_station: {
        parameters: {
            query?: {
                /** @description The length of its longer side in pixels, at most. */
                size?: 96 | 300 | 1000;
                /** @description Passed over: another value for another picture, so that browsers can keep each. */
                v?: string;
            };
            header?: never;
            path: {
                /** @description The station's slug. */
                slug: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A JPEG. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "image/jpeg": unknown;
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    art_set_station: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The station's slug. */
                slug: string;
            };
            cookie?: never;
        };
        /** @description A picture. */
        requestBody: {
            content: {
                "image/*": unknown;
            };
        };
        responses: {
            /** @description A station's picture. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "art_url": "/api/v1/stations/awaz/art?v=5d41402a"
                     *     }
                     */
                    "application/json": components["schemas"]["StationArtAnswer"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            408: components["responses"]["RequestTimeout"];
            413: components["responses"]["TooLarge"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
            507: components["responses"]["InsufficientStorage"];
        };
    };
    art_remove_station: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The station's slug. */
                slug: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A station's picture. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "art_url": "/api/v1/stations/awaz/art?v=5d41402a"
                     *     }
                     */
                    "application/json": components["schemas"]["StationArtAnswer"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    broadcast_audience: {
        parameters: {
            query?: {
                /** @description How many minutes, up to now. */
                minutes?: number;
            };
            header?: never;
            path: {
                /** @description The station's slug. */
                slug: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description How many listened. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "minutes": [
                     *         {
                     *           "at": 1767225600000,
                     *           "listeners": 214,
                     *           "peak": 214
                     *         }
                     *       ],
                     *       "since": 1767225600000,
                     *       "until": 1767225600000
                     *     }
                     */
                    "application/json": components["schemas"]["AudienceAnswer"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    moderation_audit: {
        parameters: {
            query?: {
                /** @description The `next` of the page before; the first page without it. */
                cursor?: string;
                /** @description The greatest number of items to return. */
                limit?: number;
            };
            header?: never;
            path: {
                /** @description The station's slug. */
                slug: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Entries of the audit log, the newest first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "action": "member.set",
                     *           "actor": "Sara",
                     *           "actor_id": "4f1b0c9d2e7a5f38",
                     *           "address": "203.0.113.7",
                     *           "at": 1767225600000,
                     *           "detail": {
                     *             "from": "listener",
                     *             "to": "host"
                     *           },
                     *           "id": 17,
                     *           "station": "awaz",
                     *           "target": "bilal"
                     *         }
                     *       ],
                     *       "next": "17"
                     *     }
                     */
                    "application/json": components["schemas"]["AuditPage"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    moderation_bans: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The station's slug. */
                slug: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The bans in force. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "bans": [
                     *         {
                     *           "created_at": 1767225600000,
                     *           "id": "0c9d2e7a5f38",
                     *           "made_by": "Sara",
                     *           "name": "Bilal",
                     *           "reason": "shouting",
                     *           "station": "awaz",
                     *           "until": 1767229200000,
                     *           "user_id": "4f1b0c9d2e7a5f38"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["BansAnswer"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    moderation_ban: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The station's slug. */
                slug: string;
            };
            cookie?: never;
        };
        /** @description Ban a user or guest, at once. */
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "reason": "",
                 *       "seconds": 3600,
                 *       "user_id": "4f1b0c9d2e7a5f38"
                 *     }
                 */
                "application/json": components["schemas"]["BanRequest"];
            };
        };
        responses: {
            /** @description A ban. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "created_at": 1767225600000,
                     *       "id": "0c9d2e7a5f38",
                     *       "made_by": "Sara",
                     *       "name": "Bilal",
                     *       "reason": "shouting",
                     *       "station": "awaz",
                     *       "until": 1767229200000,
                     *       "user_id": "4f1b0c9d2e7a5f38"
                     *     }
                     */
                    "application/json": components["schemas"]["BanView"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            408: components["responses"]["RequestTimeout"];
            413: components["responses"]["TooLarge"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    moderation_lift: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id, as an answer has it. */
                id: string;
                /** @description The station's slug. */
                slug: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request was carried out. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "ok": true
                     *     }
                     */
                    "application/json": components["schemas"]["Done"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    bot_all: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The station's slug. */
                slug: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The bots of a station. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "bots": [
                     *         {
                     *           "created_at": 1767225600000,
                     *           "id": "4f1b0c9d2e7a5f384f1b0c9d2e7a5f38",
                     *           "made_by": "Sara",
                     *           "name": "Request Bot",
                     *           "role": "moderator"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["BotsAnswer"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    bot_add: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The station's slug. */
                slug: string;
            };
            cookie?: never;
        };
        /** @description Create a bot. */
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "name": "Request Bot",
                 *       "role": "listener"
                 *     }
                 */
                "application/json": components["schemas"]["BotRequest"];
            };
        };
        responses: {
            /** @description A bot of a station. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "created_at": 1767225600000,
                     *       "id": "4f1b0c9d2e7a5f384f1b0c9d2e7a5f38",
                     *       "made_by": "Sara",
                     *       "name": "Request Bot",
                     *       "role": "moderator"
                     *     }
                     */
                    "application/json": components["schemas"]["BotView"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            408: components["responses"]["RequestTimeout"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    bot_remove: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id, as an answer has it. */
                id: string;
                /** @description The station's slug. */
                slug: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request was carried out. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "ok": true
                     *     }
                     */
                    "application/json": components["schemas"]["Done"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    broadcast_page: {
        parameters: {
            query?: {
                /** @description The `next` of the page before; the first page without it. */
                cursor?: string;
                /** @description The greatest number of items to return. */
                limit?: number;
            };
            header?: never;
            path: {
                /** @description The station's slug. */
                slug: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of the past broadcasts, the newest first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "ended_at": 1767225600000,
                     *           "host": "Sara",
                     *           "id": "4f1b0c9d2e7a5f38",
                     *           "kind": "live",
                     *           "listener_minutes": 9310,
                     *           "peak": 214,
                     *           "reason": "encoder_gone",
                     *           "show": "Evening raga",
                     *           "started_at": 1767225600000,
                     *           "title": "An evening of ghazals"
                     *         }
                     *       ],
                     *       "next": "1767225600000"
                     *     }
                     */
                    "application/json": components["schemas"]["BroadcastPage"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    broadcast_report: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id, as an answer has it. */
                id: string;
                /** @description The station's slug. */
                slug: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A broadcast with its listeners, and with what went wrong. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "ended_at": 1767225600000,
                     *       "host": "Sara",
                     *       "id": "4f1b0c9d2e7a5f38",
                     *       "incidents": [
                     *         {
                     *           "address": "81.2.3.4",
                     *           "at": 1767225600000,
                     *           "kind": "second_encoder",
                     *           "message": "Another encoder tried to go live, and was refused."
                     *         }
                     *       ],
                     *       "kind": "live",
                     *       "listener_minutes": 9310,
                     *       "minutes": [
                     *         {
                     *           "at": 1767225600000,
                     *           "listeners": 214,
                     *           "peak": 214
                     *         }
                     *       ],
                     *       "peak": 214,
                     *       "reason": "encoder_gone",
                     *       "show": "Evening raga",
                     *       "started_at": 1767225600000,
                     *       "title": "An evening of ghazals"
                     *     }
                     */
                    "application/json": components["schemas"]["BroadcastReport"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    chat_page: {
        parameters: {
            query?: {
                /** @description Messages after this one, the oldest first. */
                after?: string;
                /** @description Messages before this one, the newest first; without it and `after`, the newest of all. */
                before?: string;
                /** @description The `next` of the page before; the first page without it. */
                cursor?: string;
                /** @description The greatest number of items to return. */
                limit?: number;
            };
            header?: never;
            path: {
                /** @description The station's slug. */
                slug: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Messages of a station. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "at": 1767225600000,
                     *           "client_id": "2f1d7c1e-8a0b-4c55-9d0e-6a3f5b7c9d10",
                     *           "id": "7d9b3c52e1a07f4b869d3c52e1a07f4b",
                     *           "seq": 42,
                     *           "text": "What a voice! @Sara",
                     *           "user": {
                     *             "id": "guest:4f1b0c9d2e7a5f38",
                     *             "name": "Bilal",
                     *             "role": "guest"
                     *           }
                     *         }
                     *       ],
                     *       "next": "7d9b3c52e1a07f4b869d3c52e1a07f4b"
                     *     }
                     */
                    "application/json": components["schemas"]["ChatMessages"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    chat_held: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The station's slug. */
                slug: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The messages that wait for a moderator. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "messages": [
                     *         {
                     *           "at": 1767225600000,
                     *           "client_id": "2f1d7c1e-8a0b-4c55-9d0e-6a3f5b7c9d10",
                     *           "id": "7d9b3c52e1a07f4b869d3c52e1a07f4b",
                     *           "seq": 42,
                     *           "text": "What a voice! @Sara",
                     *           "user": {
                     *             "id": "guest:4f1b0c9d2e7a5f38",
                     *             "name": "Bilal",
                     *             "role": "guest"
                     *           }
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["HeldAnswer"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    chat_person: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id, as an answer has it. */
                id: string;
                /** @description The station's slug. */
                slug: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Somebody who writes in a station's chat, for those who moderate it. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "actions": [
                     *         {
                     *           "action": "timeout.add",
                     *           "at": 1767225600000,
                     *           "by": "Sara",
                     *           "reason": ""
                     *         }
                     *       ],
                     *       "deleted": 1,
                     *       "id": "guest:4f1b0c9d2e7a5f38",
                     *       "messages": 12,
                     *       "name": "Sara",
                     *       "recent": [
                     *         {
                     *           "at": 1767225600000,
                     *           "client_id": "2f1d7c1e-8a0b-4c55-9d0e-6a3f5b7c9d10",
                     *           "id": "7d9b3c52e1a07f4b869d3c52e1a07f4b",
                     *           "seq": 42,
                     *           "text": "What a voice! @Sara",
                     *           "user": {
                     *             "id": "guest:4f1b0c9d2e7a5f38",
                     *             "name": "Bilal",
                     *             "role": "guest"
                     *           }
                     *         }
                     *       ],
                     *       "sanctions": [
                     *         {
                     *           "kind": "timeout",
                     *           "made_by": "Sara",
                     *           "reason": "spam",
                     *           "until": 1767229200000
                     *         }
                     *       ],
                     *       "since": 1767225600000
                     *     }
                     */
                    "application/json": components["schemas"]["ChatPerson"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    chat_reports: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The station's slug. */
                slug: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The reported messages that no moderator has looked at. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "reports": [
                     *         {
                     *           "count": 2,
                     *           "message": {
                     *             "at": 1767225600000,
                     *             "client_id": "2f1d7c1e-8a0b-4c55-9d0e-6a3f5b7c9d10",
                     *             "id": "7d9b3c52e1a07f4b869d3c52e1a07f4b",
                     *             "seq": 42,
                     *             "text": "What a voice! @Sara",
                     *             "user": {
                     *               "id": "guest:4f1b0c9d2e7a5f38",
                     *               "name": "Bilal",
                     *               "role": "guest"
                     *             }
                     *           },
                     *           "reasons": [
                     *             "insult"
                     *           ]
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["ReportsAnswer"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    chat_settings: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The station's slug. */
                slug: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A chat's settings that are not in its mode. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "keep_days": 90,
                     *       "public": true,
                     *       "words": [
                     *         "spam*",
                     *         "buy now"
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["ChatSettingsView"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    chat_configure: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The station's slug. */
                slug: string;
            };
            cookie?: never;
        };
        /** @description Change a chat's settings; what is left out stays as it is. */
        requestBody?: {
            content: {
                /**
                 * @example {
                 *       "keep_days": 90,
                 *       "public": true,
                 *       "words": [
                 *         "spam*",
                 *         "buy now"
                 *       ]
                 *     }
                 */
                "application/json": components["schemas"]["ChatSettingsRequest"];
            };
        };
        responses: {
            /** @description A chat's settings that are not in its mode. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "keep_days": 90,
                     *       "public": true,
                     *       "words": [
                     *         "spam*",
                     *         "buy now"
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["ChatSettingsView"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            408: components["responses"]["RequestTimeout"];
            413: components["responses"]["TooLarge"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    station_encoder: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The station's slug. */
                slug: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Settings for OBS, butt or ffmpeg. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "content_types": [
                     *         "audio/mpeg"
                     *       ],
                     *       "host": "radio.example",
                     *       "mount": "/ingest/awaz",
                     *       "port": 8000,
                     *       "second_mount": "/ingest/awaz/b",
                     *       "url": "icecast://source:KEY@radio.example:8000/ingest/awaz",
                     *       "user": "source"
                     *     }
                     */
                    "application/json": components["schemas"]["EncoderView"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    eventstream_follow: {
        parameters: {
            query?: {
                /** @description The id of the event that was seen last, for pages that cannot send `Last-Event-ID`. */
                last_event_id?: string;
            };
            header?: {
                /** @description The `id` of the newest event that was seen. Browsers send it by themselves. */
                "Last-Event-ID"?: string;
            };
            path: {
                /** @description The station's slug. */
                slug: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Server-sent events, with the schemas of the AsyncAPI document: first a `snapshot` with a `Snapshot`, or after a known `Last-Event-ID` the events that were missed; then each event of the station. The `id` of an event is its position, `<epoch>:<seq>`. The last one is `server:going_away`; its `retry` says when to connect again. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": unknown;
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    live_go_live: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The station's slug. */
                slug: string;
            };
            cookie?: never;
        };
        /** @description Put a source or a recording on air; what is left out of the fields that listeners see stays as it is. */
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "show": "Evening raga",
                 *       "source": "encoder",
                 *       "title": "An evening of ghazals"
                 *     }
                 */
                "application/json": components["schemas"]["GoLiveRequest"];
            };
        };
        responses: {
            /** @description The broadcast that is on air. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "broadcast": {
                     *         "art_url": "/api/v1/stations/awaz/art?v=5d41402a",
                     *         "description": "Two hours of ghazals, with your wishes.",
                     *         "host": "Sara",
                     *         "id": "4f1b0c9d2e7a5f38",
                     *         "kind": "live",
                     *         "reconnecting": false,
                     *         "show": "Evening raga",
                     *         "started_at": 1767225600000,
                     *         "title": "An evening of ghazals"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["BroadcastAnswer"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            408: components["responses"]["RequestTimeout"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    onair_plays: {
        parameters: {
            query?: {
                /** @description The `next` of the page before; the first page without it. */
                cursor?: string;
                /** @description The greatest number of items to return. */
                limit?: number;
            };
            header?: never;
            path: {
                /** @description The station's slug. */
                slug: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A station's plays, the newest first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "album": "Lamps of Lahore",
                     *           "artist": "The Lamps",
                     *           "ended_at": 1767225600000,
                     *           "host": "Sara",
                     *           "kind": "live",
                     *           "play_id": "4f1b0c9d2e7a5f38",
                     *           "show": "Evening raga",
                     *           "started_at": 1767225600000,
                     *           "title": "Chirag"
                     *         }
                     *       ],
                     *       "next": "1767225600000.17"
                     *     }
                     */
                    "application/json": components["schemas"]["HistoryPage"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    station_all_invitations: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The station's slug. */
                slug: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A station's invitations. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "invitations": [
                     *         {
                     *           "created_at": 1767225600000,
                     *           "expires_at": 1767830400000,
                     *           "id": "4f1b0c9d2e7a5f38",
                     *           "made_by": "Sara",
                     *           "note": "for Ali",
                     *           "role": "host",
                     *           "state": "open",
                     *           "url": "https://radio.example/studio#invitation=kQ3vX0n2b7Jw5Zr8"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["InvitationsAnswer"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    station_invite: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The station's slug. */
                slug: string;
            };
            cookie?: never;
        };
        /** @description Invite the first user who opens the link. */
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "expires_in": 604800,
                 *       "message": "",
                 *       "note": "",
                 *       "role": "owner"
                 *     }
                 */
                "application/json": components["schemas"]["InvitationRequest"];
            };
        };
        responses: {
            /** @description An invitation. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "created_at": 1767225600000,
                     *       "expires_at": 1767830400000,
                     *       "id": "4f1b0c9d2e7a5f38",
                     *       "made_by": "Sara",
                     *       "note": "for Ali",
                     *       "role": "host",
                     *       "state": "open",
                     *       "url": "https://radio.example/studio#invitation=kQ3vX0n2b7Jw5Zr8"
                     *     }
                     */
                    "application/json": components["schemas"]["InvitationView"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            408: components["responses"]["RequestTimeout"];
            413: components["responses"]["TooLarge"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    station_withdraw: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id, as an answer has it. */
                id: string;
                /** @description The station's slug. */
                slug: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request was carried out. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "ok": true
                     *     }
                     */
                    "application/json": components["schemas"]["Done"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    live_kick: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The station's slug. */
                slug: string;
            };
            cookie?: never;
        };
        /** @description Disconnect a source, and keep its stream key from connecting again for some time. */
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "seconds": 300,
                 *       "source": "a"
                 *     }
                 */
                "application/json": components["schemas"]["KickRequest"];
            };
        };
        responses: {
            /** @description The source is disconnected. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "locked_until": 1767225600000
                     *     }
                     */
                    "application/json": components["schemas"]["KickAnswer"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            408: components["responses"]["RequestTimeout"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    like_loved: {
        parameters: {
            query?: {
                /** @description The `next` of the page before; the first page without it. */
                cursor?: string;
                /** @description Of how many days. */
                days?: number;
                /** @description The greatest number of items to return. */
                limit?: number;
            };
            header?: never;
            path: {
                /** @description The station's slug. */
                slug: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The most liked plays of a station. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "plays": [
                     *         {
                     *           "artist": "The Lamps",
                     *           "likes": 37,
                     *           "play_id": "4f1b0c9d2e7a5f38",
                     *           "started_at": 1767225600000,
                     *           "title": "Chirag"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["LovedAnswer"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    station_all_members: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The station's slug. */
                slug: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The members of a station. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "members": [
                     *         {
                     *           "login": "sara",
                     *           "name": "Sara",
                     *           "role": "owner",
                     *           "user_id": "4f1b0c9d2e7a5f38"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["MembersAnswer"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    station_set_member: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The station's slug. */
                slug: string;
            };
            cookie?: never;
        };
        /** @description Set a user's role at a station. */
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "login": "sara",
                 *       "role": "owner"
                 *     }
                 */
                "application/json": components["schemas"]["MemberRequest"];
            };
        };
        responses: {
            /** @description A user with a role at a station. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "login": "sara",
                     *       "name": "Sara",
                     *       "role": "owner",
                     *       "user_id": "4f1b0c9d2e7a5f38"
                     *     }
                     */
                    "application/json": components["schemas"]["MemberView"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            408: components["responses"]["RequestTimeout"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    station_remove_member: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id, as an answer has it. */
                id: string;
                /** @description The station's slug. */
                slug: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request was carried out. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "ok": true
                     *     }
                     */
                    "application/json": components["schemas"]["Done"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    onair_post_metadata: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The station's slug. */
                slug: string;
            };
            cookie?: never;
        };
        /** @description Set the title that is heard now, or the show and the host; absent fields keep their value, and one is needed. */
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "artist": "The Lamps",
                 *       "host": "Sara",
                 *       "show": "Evening raga",
                 *       "title": "Lamp"
                 *     }
                 */
                "application/json": components["schemas"]["MetadataRequest"];
            };
        };
        responses: {
            /** @description A station's broadcast, track, quality and number of listeners now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "broadcast": {
                     *         "art_url": "/api/v1/stations/awaz/art?v=5d41402a",
                     *         "description": "Two hours of ghazals, with your wishes.",
                     *         "host": "Sara",
                     *         "id": "4f1b0c9d2e7a5f38",
                     *         "kind": "live",
                     *         "reconnecting": false,
                     *         "show": "Evening raga",
                     *         "started_at": 1767225600000,
                     *         "title": "An evening of ghazals"
                     *       },
                     *       "listeners": {
                     *         "listeners": 128,
                     *         "peak": 240,
                     *         "sockets": 97,
                     *         "stale": false
                     *       },
                     *       "metadata": {
                     *         "host": "Sara",
                     *         "kind": "live",
                     *         "play_id": "4f1b0c9d2e7a5f38",
                     *         "position": {
                     *           "at": 1767225600000,
                     *           "frame": 18342,
                     *           "mount": "/awaz.mp3",
                     *           "stream_epoch": "5f0c9a1be27d"
                     *         },
                     *         "show": "Evening raga",
                     *         "stand_in": true,
                     *         "started_at": 1767225600000,
                     *         "track": {
                     *           "album": "Lamps of Lahore",
                     *           "art_url": "/api/v1/stations/awaz/tracks/4f1b0c9d2e7a5f38/art",
                     *           "artist": "The Lamps",
                     *           "duration_ms": 248000,
                     *           "id": "4f1b0c9d2e7a5f38",
                     *           "title": "Chirag"
                     *         }
                     *       },
                     *       "on_air": "live",
                     *       "quality": {
                     *         "bitrate_kbps": 128,
                     *         "reasons": [],
                     *         "silence_ms": 0,
                     *         "state": "good"
                     *       },
                     *       "station": {
                     *         "art_url": "/api/v1/stations/awaz/art?v=5d41402a",
                     *         "description": "Qawwali and ghazals, day and night.",
                     *         "language": "ur",
                     *         "links": [
                     *           {
                     *             "name": "Instagram",
                     *             "url": "https://instagram.example/awaz"
                     *           }
                     *         ],
                     *         "listeners": 128,
                     *         "name": "Awaz",
                     *         "on_air": "live",
                     *         "page_url": "https://radio.example/s/awaz",
                     *         "slug": "awaz",
                     *         "stream_url": "https://radio.example:8000/awaz.mp3",
                     *         "streams": [
                     *           {
                     *             "bitrate_kbps": 128,
                     *             "burst_ms": 4608,
                     *             "format": "mp3",
                     *             "url": "https://radio.example:8000/awaz.mp3"
                     *           }
                     *         ],
                     *         "urls": {
                     *           "aac": "https://radio.example:8000/awaz.aac",
                     *           "mp3": "https://radio.example:8000/awaz.mp3"
                     *         }
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["NowPlayingView"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            408: components["responses"]["RequestTimeout"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    microphone_microphone: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The station's slug. */
                slug: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It has no body. */
            101: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    onair_now_playing: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The station's slug. */
                slug: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A station's broadcast, track, quality and number of listeners now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "broadcast": {
                     *         "art_url": "/api/v1/stations/awaz/art?v=5d41402a",
                     *         "description": "Two hours of ghazals, with your wishes.",
                     *         "host": "Sara",
                     *         "id": "4f1b0c9d2e7a5f38",
                     *         "kind": "live",
                     *         "reconnecting": false,
                     *         "show": "Evening raga",
                     *         "started_at": 1767225600000,
                     *         "title": "An evening of ghazals"
                     *       },
                     *       "listeners": {
                     *         "listeners": 128,
                     *         "peak": 240,
                     *         "sockets": 97,
                     *         "stale": false
                     *       },
                     *       "metadata": {
                     *         "host": "Sara",
                     *         "kind": "live",
                     *         "play_id": "4f1b0c9d2e7a5f38",
                     *         "position": {
                     *           "at": 1767225600000,
                     *           "frame": 18342,
                     *           "mount": "/awaz.mp3",
                     *           "stream_epoch": "5f0c9a1be27d"
                     *         },
                     *         "show": "Evening raga",
                     *         "stand_in": true,
                     *         "started_at": 1767225600000,
                     *         "track": {
                     *           "album": "Lamps of Lahore",
                     *           "art_url": "/api/v1/stations/awaz/tracks/4f1b0c9d2e7a5f38/art",
                     *           "artist": "The Lamps",
                     *           "duration_ms": 248000,
                     *           "id": "4f1b0c9d2e7a5f38",
                     *           "title": "Chirag"
                     *         }
                     *       },
                     *       "on_air": "live",
                     *       "quality": {
                     *         "bitrate_kbps": 128,
                     *         "reasons": [],
                     *         "silence_ms": 0,
                     *         "state": "good"
                     *       },
                     *       "station": {
                     *         "art_url": "/api/v1/stations/awaz/art?v=5d41402a",
                     *         "description": "Qawwali and ghazals, day and night.",
                     *         "language": "ur",
                     *         "links": [
                     *           {
                     *             "name": "Instagram",
                     *             "url": "https://instagram.example/awaz"
                     *           }
                     *         ],
                     *         "listeners": 128,
                     *         "name": "Awaz",
                     *         "on_air": "live",
                     *         "page_url": "https://radio.example/s/awaz",
                     *         "slug": "awaz",
                     *         "stream_url": "https://radio.example:8000/awaz.mp3",
                     *         "streams": [
                     *           {
                     *             "bitrate_kbps": 128,
                     *             "burst_ms": 4608,
                     *             "format": "mp3",
                     *             "url": "https://radio.example:8000/awaz.mp3"
                     *           }
                     *         ],
                     *         "urls": {
                     *           "aac": "https://radio.example:8000/awaz.aac",
                     *           "mp3": "https://radio.example:8000/awaz.mp3"
                     *         }
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["NowPlayingView"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    moderation_people: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The station's slug. */
                slug: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The people who follow a station now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "people": [
                     *         {
                     *           "name": "Sara",
                     *           "role": "admin",
                     *           "user_id": "guest:4f1b0c9d2e7a5f38"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["PeopleAnswer"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    playlist_all: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The station's slug. */
                slug: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The playlists of a station. AutoDJ plays from all tracks while none of them has a weight and tracks. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "created_at": 1767225600000,
                     *           "duration_ms": 10206000,
                     *           "id": "4f1b0c9d2e7a5f38",
                     *           "name": "Evenings",
                     *           "order": "shuffle",
                     *           "tracks": 42,
                     *           "weight": 3
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["PlaylistsView"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    playlist_add: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The station's slug. */
                slug: string;
            };
            cookie?: never;
        };
        /** @description Make a playlist, without tracks. */
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "name": "Evenings",
                 *       "order": "shuffle",
                 *       "weight": 1
                 *     }
                 */
                "application/json": components["schemas"]["PlaylistRequest"];
            };
        };
        responses: {
            /** @description One playlist. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "playlist": {
                     *         "created_at": 1767225600000,
                     *         "duration_ms": 10206000,
                     *         "id": "4f1b0c9d2e7a5f38",
                     *         "name": "Evenings",
                     *         "order": "shuffle",
                     *         "tracks": 42,
                     *         "weight": 3
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["PlaylistAnswer"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            408: components["responses"]["RequestTimeout"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    playlist_playlist: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id, as an answer has it. */
                id: string;
                /** @description The station's slug. */
                slug: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One playlist. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "playlist": {
                     *         "created_at": 1767225600000,
                     *         "duration_ms": 10206000,
                     *         "id": "4f1b0c9d2e7a5f38",
                     *         "name": "Evenings",
                     *         "order": "shuffle",
                     *         "tracks": 42,
                     *         "weight": 3
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["PlaylistAnswer"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    playlist_remove: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id, as an answer has it. */
                id: string;
                /** @description The station's slug. */
                slug: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request was carried out. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "ok": true
                     *     }
                     */
                    "application/json": components["schemas"]["Done"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    playlist_change: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id, as an answer has it. */
                id: string;
                /** @description The station's slug. */
                slug: string;
            };
            cookie?: never;
        };
        /** @description Change a playlist; what is left out stays, and one is needed. */
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "name": "Evenings",
                 *       "order": "sequence",
                 *       "weight": 3
                 *     }
                 */
                "application/json": components["schemas"]["PlaylistPatch"];
            };
        };
        responses: {
            /** @description One playlist. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "playlist": {
                     *         "created_at": 1767225600000,
                     *         "duration_ms": 10206000,
                     *         "id": "4f1b0c9d2e7a5f38",
                     *         "name": "Evenings",
                     *         "order": "shuffle",
                     *         "tracks": 42,
                     *         "weight": 3
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["PlaylistAnswer"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            408: components["responses"]["RequestTimeout"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    playlist_tracks: {
        parameters: {
            query?: {
                /** @description The `next` of the page before; the first page without it. */
                cursor?: string;
                /** @description The greatest number of items to return. */
                limit?: number;
            };
            header?: never;
            path: {
                /** @description The id, as an answer has it. */
                id: string;
                /** @description The station's slug. */
                slug: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Tracks of a playlist, in order. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "added_at": 1767225600000,
                     *           "added_by": "Sara",
                     *           "album": "Lamps of Lahore",
                     *           "art_url": "/api/v1/stations/awaz/tracks/4f1b0c9d2e7a5f38/art",
                     *           "artist": "The Lamps",
                     *           "bitrate_kbps": 192,
                     *           "codec": "mp3",
                     *           "cue_in_ms": 120,
                     *           "cue_out_ms": 241500,
                     *           "duration_ms": 243000,
                     *           "file_name": "chirag.mp3",
                     *           "format": "mp3",
                     *           "gain_db": -2.4,
                     *           "genre": "Qawwali",
                     *           "id": "4f1b0c9d2e7a5f38",
                     *           "isrc": "",
                     *           "label": "",
                     *           "loudness_lufs": -13.6,
                     *           "measured": "done",
                     *           "peak_dbtp": -0.4,
                     *           "plays": 0,
                     *           "size": 5832000,
                     *           "title": "Chirag",
                     *           "year": 1974
                     *         }
                     *       ],
                     *       "next": "49"
                     *     }
                     */
                    "application/json": components["schemas"]["PlaylistTracksPage"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    playlist_put: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id, as an answer has it. */
                id: string;
                /** @description The station's slug. */
                slug: string;
            };
            cookie?: never;
        };
        /** @description Tracks of one station; those that it does not have are passed over. */
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "ids": [
                 *         "4f1b0c9d2e7a5f38"
                 *       ]
                 *     }
                 */
                "application/json": components["schemas"]["TrackIds"];
            };
        };
        responses: {
            /** @description The tracks that a request was carried out for, and the playlist as it is then. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "ids": [
                     *         "4f1b0c9d2e7a5f38"
                     *       ],
                     *       "playlist": {
                     *         "created_at": 1767225600000,
                     *         "duration_ms": 10206000,
                     *         "id": "4f1b0c9d2e7a5f38",
                     *         "name": "Evenings",
                     *         "order": "shuffle",
                     *         "tracks": 42,
                     *         "weight": 3
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["PlaylistTracksAnswer"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            408: components["responses"]["RequestTimeout"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    playlist_move: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id, as an answer has it. */
                id: string;
                /** @description The station's slug. */
                slug: string;
            };
            cookie?: never;
        };
        /** @description Move tracks of a playlist; they keep their order. */
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "before": "4f1b0c9d2e7a5f38",
                 *       "ids": [
                 *         "4f1b0c9d2e7a5f38"
                 *       ]
                 *     }
                 */
                "application/json": components["schemas"]["PlaylistMove"];
            };
        };
        responses: {
            /** @description The tracks that a request was carried out for, and the playlist as it is then. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "ids": [
                     *         "4f1b0c9d2e7a5f38"
                     *       ],
                     *       "playlist": {
                     *         "created_at": 1767225600000,
                     *         "duration_ms": 10206000,
                     *         "id": "4f1b0c9d2e7a5f38",
                     *         "name": "Evenings",
                     *         "order": "shuffle",
                     *         "tracks": 42,
                     *         "weight": 3
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["PlaylistTracksAnswer"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            408: components["responses"]["RequestTimeout"];
            413: components["responses"]["TooLarge"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    playlist_take_out: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id, as an answer has it. */
                id: string;
                /** @description The station's slug. */
                slug: string;
            };
            cookie?: never;
        };
        /** @description Tracks of one station; those that it does not have are passed over. */
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "ids": [
                 *         "4f1b0c9d2e7a5f38"
                 *       ]
                 *     }
                 */
                "application/json": components["schemas"]["TrackIds"];
            };
        };
        responses: {
            /** @description The tracks that a request was carried out for, and the playlist as it is then. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "ids": [
                     *         "4f1b0c9d2e7a5f38"
                     *       ],
                     *       "playlist": {
                     *         "created_at": 1767225600000,
                     *         "duration_ms": 10206000,
                     *         "id": "4f1b0c9d2e7a5f38",
                     *         "name": "Evenings",
                     *         "order": "shuffle",
                     *         "tracks": 42,
                     *         "weight": 3
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["PlaylistTracksAnswer"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            408: components["responses"]["RequestTimeout"];
            413: components["responses"]["TooLarge"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    live_preview: {
        parameters: {
            query: {
                /** @description As it came in the address. */
                key: string;
            };
            header?: never;
            path: {
                /** @description The station's slug. */
                slug: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A file. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "audio/*": unknown;
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    live_allow_preview: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The station's slug. */
                slug: string;
            };
            cookie?: never;
        };
        /** @description Hear a source before it is on air. */
        requestBody?: {
            content: {
                /**
                 * @example {
                 *       "source": "a"
                 *     }
                 */
                "application/json": components["schemas"]["PreviewRequest"];
            };
        };
        responses: {
            /** @description An address that needs no token, for players. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "expires_in": 300,
                     *       "url": "/api/v1/stations/awaz/preview?key=eyJhbGciOi…"
                     *     }
                     */
                    "application/json": components["schemas"]["SourcePreviewAnswer"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            408: components["responses"]["RequestTimeout"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    push_subscribe: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The station's slug. */
                slug: string;
            };
            cookie?: never;
        };
        /** @description Tell a browser when the station goes live, as `PushSubscription.toJSON` has it. */
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "endpoint": "https://updates.push.services.mozilla.com/wpush/v2/gAAA",
                 *       "keys": {
                 *         "auth": "BTBZMqHH6r4Tts7J_aSIgg",
                 *         "p256dh": "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
                 *       },
                 *       "language": ""
                 *     }
                 */
                "application/json": components["schemas"]["PushRequest"];
            };
        };
        responses: {
            /** @description The subscription. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
                     *     }
                     */
                    "application/json": components["schemas"]["PushAnswer"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            408: components["responses"]["RequestTimeout"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    push_unsubscribe: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id, as an answer has it. */
                id: string;
                /** @description The station's slug. */
                slug: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request was carried out. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "ok": true
                     *     }
                     */
                    "application/json": components["schemas"]["Done"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    queue_queue: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The station's slug. */
                slug: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The queue of a station, which is heard while nobody is live. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "applied": false,
                     *       "items": [
                     *         {
                     *           "fixed": false,
                     *           "id": "4f1b0c9d2e7a5f38",
                     *           "starts_at": 1767225600000,
                     *           "track": {
                     *             "art_url": "/api/v1/stations/awaz/tracks/4f1b0c9d2e7a5f38/art",
                     *             "artist": "The Lamps",
                     *             "duration_ms": 243000,
                     *             "id": "4f1b0c9d2e7a5f38",
                     *             "title": "Chirag"
                     *           },
                     *           "why": {
                     *             "by": "Sara",
                     *             "kind": "placed",
                     *             "last_played_at": 1767225600000,
                     *             "playlist": "Evenings"
                     *           }
                     *         }
                     *       ],
                     *       "now": {
                     *         "fixed": false,
                     *         "id": "4f1b0c9d2e7a5f38",
                     *         "starts_at": 1767225600000,
                     *         "track": {
                     *           "art_url": "/api/v1/stations/awaz/tracks/4f1b0c9d2e7a5f38/art",
                     *           "artist": "The Lamps",
                     *           "duration_ms": 243000,
                     *           "id": "4f1b0c9d2e7a5f38",
                     *           "title": "Chirag"
                     *         },
                     *         "why": {
                     *           "by": "Sara",
                     *           "kind": "placed",
                     *           "last_played_at": 1767225600000,
                     *           "playlist": "Evenings"
                     *         }
                     *       },
                     *       "version": 17
                     *     }
                     */
                    "application/json": components["schemas"]["QueueView"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    queue_place: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The station's slug. */
                slug: string;
            };
            cookie?: never;
        };
        /** @description Place a track in the queue. */
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "place": "end",
                 *       "track_id": "4f1b0c9d2e7a5f38"
                 *     }
                 */
                "application/json": components["schemas"]["QueueRequest"];
            };
        };
        responses: {
            /** @description The queue with an item that was just placed. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "applied": false,
                     *       "item": "4f1b0c9d2e7a5f38",
                     *       "items": [
                     *         {
                     *           "fixed": false,
                     *           "id": "4f1b0c9d2e7a5f38",
                     *           "starts_at": 1767225600000,
                     *           "track": {
                     *             "art_url": "/api/v1/stations/awaz/tracks/4f1b0c9d2e7a5f38/art",
                     *             "artist": "The Lamps",
                     *             "duration_ms": 243000,
                     *             "id": "4f1b0c9d2e7a5f38",
                     *             "title": "Chirag"
                     *           },
                     *           "why": {
                     *             "by": "Sara",
                     *             "kind": "placed",
                     *             "last_played_at": 1767225600000,
                     *             "playlist": "Evenings"
                     *           }
                     *         }
                     *       ],
                     *       "now": {
                     *         "fixed": false,
                     *         "id": "4f1b0c9d2e7a5f38",
                     *         "starts_at": 1767225600000,
                     *         "track": {
                     *           "art_url": "/api/v1/stations/awaz/tracks/4f1b0c9d2e7a5f38/art",
                     *           "artist": "The Lamps",
                     *           "duration_ms": 243000,
                     *           "id": "4f1b0c9d2e7a5f38",
                     *           "title": "Chirag"
                     *         },
                     *         "why": {
                     *           "by": "Sara",
                     *           "kind": "placed",
                     *           "last_played_at": 1767225600000,
                     *           "playlist": "Evenings"
                     *         }
                     *       },
                     *       "version": 17
                     *     }
                     */
                    "application/json": components["schemas"]["PlacedView"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            408: components["responses"]["RequestTimeout"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    queue_remove: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id, as an answer has it. */
                id: string;
                /** @description The station's slug. */
                slug: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The queue of a station, which is heard while nobody is live. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "applied": false,
                     *       "items": [
                     *         {
                     *           "fixed": false,
                     *           "id": "4f1b0c9d2e7a5f38",
                     *           "starts_at": 1767225600000,
                     *           "track": {
                     *             "art_url": "/api/v1/stations/awaz/tracks/4f1b0c9d2e7a5f38/art",
                     *             "artist": "The Lamps",
                     *             "duration_ms": 243000,
                     *             "id": "4f1b0c9d2e7a5f38",
                     *             "title": "Chirag"
                     *           },
                     *           "why": {
                     *             "by": "Sara",
                     *             "kind": "placed",
                     *             "last_played_at": 1767225600000,
                     *             "playlist": "Evenings"
                     *           }
                     *         }
                     *       ],
                     *       "now": {
                     *         "fixed": false,
                     *         "id": "4f1b0c9d2e7a5f38",
                     *         "starts_at": 1767225600000,
                     *         "track": {
                     *           "art_url": "/api/v1/stations/awaz/tracks/4f1b0c9d2e7a5f38/art",
                     *           "artist": "The Lamps",
                     *           "duration_ms": 243000,
                     *           "id": "4f1b0c9d2e7a5f38",
                     *           "title": "Chirag"
                     *         },
                     *         "why": {
                     *           "by": "Sara",
                     *           "kind": "placed",
                     *           "last_played_at": 1767225600000,
                     *           "playlist": "Evenings"
                     *         }
                     *       },
                     *       "version": 17
                     *     }
                     */
                    "application/json": components["schemas"]["QueueView"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    queue_move: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id, as an answer has it. */
                id: string;
                /** @description The station's slug. */
                slug: string;
            };
            cookie?: never;
        };
        /** @description Move an item of the queue. */
        requestBody?: {
            content: {
                /**
                 * @example {
                 *       "before": "4f1b0c9d2e7a5f38"
                 *     }
                 */
                "application/json": components["schemas"]["MoveRequest"];
            };
        };
        responses: {
            /** @description The queue of a station, which is heard while nobody is live. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "applied": false,
                     *       "items": [
                     *         {
                     *           "fixed": false,
                     *           "id": "4f1b0c9d2e7a5f38",
                     *           "starts_at": 1767225600000,
                     *           "track": {
                     *             "art_url": "/api/v1/stations/awaz/tracks/4f1b0c9d2e7a5f38/art",
                     *             "artist": "The Lamps",
                     *             "duration_ms": 243000,
                     *             "id": "4f1b0c9d2e7a5f38",
                     *             "title": "Chirag"
                     *           },
                     *           "why": {
                     *             "by": "Sara",
                     *             "kind": "placed",
                     *             "last_played_at": 1767225600000,
                     *             "playlist": "Evenings"
                     *           }
                     *         }
                     *       ],
                     *       "now": {
                     *         "fixed": false,
                     *         "id": "4f1b0c9d2e7a5f38",
                     *         "starts_at": 1767225600000,
                     *         "track": {
                     *           "art_url": "/api/v1/stations/awaz/tracks/4f1b0c9d2e7a5f38/art",
                     *           "artist": "The Lamps",
                     *           "duration_ms": 243000,
                     *           "id": "4f1b0c9d2e7a5f38",
                     *           "title": "Chirag"
                     *         },
                     *         "why": {
                     *           "by": "Sara",
                     *           "kind": "placed",
                     *           "last_played_at": 1767225600000,
                     *           "playlist": "Evenings"
                     *         }
                     *       },
                     *       "version": 17
                     *     }
                     */
                    "application/json": components["schemas"]["QueueView"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            408: components["responses"]["RequestTimeout"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    queue_forecast: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The station's slug. */
                slug: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The next 24 hours, if nobody changes anything. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "fixed": false,
                     *           "id": "4f1b0c9d2e7a5f38",
                     *           "starts_at": 1767225600000,
                     *           "track": {
                     *             "art_url": "/api/v1/stations/awaz/tracks/4f1b0c9d2e7a5f38/art",
                     *             "artist": "The Lamps",
                     *             "duration_ms": 243000,
                     *             "id": "4f1b0c9d2e7a5f38",
                     *             "title": "Chirag"
                     *           },
                     *           "why": {
                     *             "by": "Sara",
                     *             "kind": "placed",
                     *             "last_played_at": 1767225600000,
                     *             "playlist": "Evenings"
                     *           }
                     *         }
                     *       ],
                     *       "planned": 100
                     *     }
                     */
                    "application/json": components["schemas"]["ForecastView"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    queue_skip: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The station's slug. */
                slug: string;
            };
            cookie?: never;
        };
        /** @description End an item that is on air. */
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "item": "4f1b0c9d2e7a5f38"
                 *     }
                 */
                "application/json": components["schemas"]["SkipRequest"];
            };
        };
        responses: {
            /** @description The queue of a station, which is heard while nobody is live. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "applied": false,
                     *       "items": [
                     *         {
                     *           "fixed": false,
                     *           "id": "4f1b0c9d2e7a5f38",
                     *           "starts_at": 1767225600000,
                     *           "track": {
                     *             "art_url": "/api/v1/stations/awaz/tracks/4f1b0c9d2e7a5f38/art",
                     *             "artist": "The Lamps",
                     *             "duration_ms": 243000,
                     *             "id": "4f1b0c9d2e7a5f38",
                     *             "title": "Chirag"
                     *           },
                     *           "why": {
                     *             "by": "Sara",
                     *             "kind": "placed",
                     *             "last_played_at": 1767225600000,
                     *             "playlist": "Evenings"
                     *           }
                     *         }
                     *       ],
                     *       "now": {
                     *         "fixed": false,
                     *         "id": "4f1b0c9d2e7a5f38",
                     *         "starts_at": 1767225600000,
                     *         "track": {
                     *           "art_url": "/api/v1/stations/awaz/tracks/4f1b0c9d2e7a5f38/art",
                     *           "artist": "The Lamps",
                     *           "duration_ms": 243000,
                     *           "id": "4f1b0c9d2e7a5f38",
                     *           "title": "Chirag"
                     *         },
                     *         "why": {
                     *           "by": "Sara",
                     *           "kind": "placed",
                     *           "last_played_at": 1767225600000,
                     *           "playlist": "Evenings"
                     *         }
                     *       },
                     *       "version": 17
                     *     }
                     */
                    "application/json": components["schemas"]["QueueView"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            408: components["responses"]["RequestTimeout"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    manage_settings: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The station's slug. */
                slug: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A station as who runs it sees it. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "art_url": "/api/v1/stations/awaz/art?v=5d41402a",
                     *       "auto_live": true,
                     *       "auto_stop": true,
                     *       "bitrate_kbps": 128,
                     *       "dead_air_s": 30,
                     *       "description": "Qawwali and ghazals, day and night.",
                     *       "language": "ur",
                     *       "links": [
                     *         {
                     *           "name": "Instagram",
                     *           "url": "https://instagram.example/awaz"
                     *         }
                     *       ],
                     *       "name": "Awaz",
                     *       "owners": [
                     *         "Sara"
                     *       ],
                     *       "slug": "awaz",
                     *       "timezone": "Asia/Karachi"
                     *     }
                     */
                    "application/json": components["schemas"]["StationSettings"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    live_signal: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The station's slug. */
                slug: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The sources of a station. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "auto_live": true,
                     *       "broadcast": {
                     *         "art_url": "/api/v1/stations/awaz/art?v=5d41402a",
                     *         "description": "Two hours of ghazals, with your wishes.",
                     *         "host": "Sara",
                     *         "id": "4f1b0c9d2e7a5f38",
                     *         "kind": "live",
                     *         "reconnecting": false,
                     *         "show": "Evening raga",
                     *         "started_at": 1767225600000,
                     *         "title": "An evening of ghazals"
                     *       },
                     *       "dead_air_s": 30,
                     *       "signals": [
                     *         {
                     *           "level_db": [
                     *             -9.2,
                     *             -11
                     *           ],
                     *           "lufs": -16.4,
                     *           "rows": [
                     *             {
                     *               "actual": "-31 LUFS",
                     *               "expected": "-23 to -9 LUFS",
                     *               "hint": "Turn the output of your mixer or encoder up.",
                     *               "row": "connection",
                     *               "state": "ok"
                     *             }
                     *           ],
                     *           "source": {
                     *             "address": "81.2.3.4",
                     *             "client": "butt 1.45",
                     *             "host": "Sara",
                     *             "id": "a",
                     *             "key_id": "4f1b0c9d2e7a5f38",
                     *             "kind": "encoder",
                     *             "mount": "/ingest/awaz",
                     *             "since": 1767225600000,
                     *             "state": "absent"
                     *           }
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["SignalsAnswer"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    live_stop: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The station's slug. */
                slug: string;
            };
            cookie?: never;
        };
        /** @description End a live broadcast, whose encoder stays connected, in preview; or an upload. */
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "broadcast_id": "4f1b0c9d2e7a5f38"
                 *     }
                 */
                "application/json": components["schemas"]["StopRequest"];
            };
        };
        responses: {
            /** @description The request was carried out. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "ok": true
                     *     }
                     */
                    "application/json": components["schemas"]["Done"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            408: components["responses"]["RequestTimeout"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    station_all_keys: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The station's slug. */
                slug: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A station's stream keys. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "keys": [
                     *         {
                     *           "created_at": 1767225600000,
                     *           "host": "Sara",
                     *           "id": "4f1b0c9d2e7a5f38",
                     *           "key": "2f1c7a90d3be5c48a6f0917be2d4c3a58f60b712",
                     *           "label": "studio laptop",
                     *           "login": "sara",
                     *           "url": "icecast://source:2f1c7a90d3be5c48a6f0917be2d4c3a58f60b712@radio.example:8000/ingest/awaz"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["KeysAnswer"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    station_add_key: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The station's slug. */
                slug: string;
            };
            cookie?: never;
        };
        /** @description Create a stream key. */
        requestBody?: {
            content: {
                /**
                 * @example {
                 *       "label": "",
                 *       "login": "sara"
                 *     }
                 */
                "application/json": components["schemas"]["KeyRequest"];
            };
        };
        responses: {
            /** @description A stream key. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "created_at": 1767225600000,
                     *       "host": "Sara",
                     *       "id": "4f1b0c9d2e7a5f38",
                     *       "key": "2f1c7a90d3be5c48a6f0917be2d4c3a58f60b712",
                     *       "label": "studio laptop",
                     *       "login": "sara",
                     *       "url": "icecast://source:2f1c7a90d3be5c48a6f0917be2d4c3a58f60b712@radio.example:8000/ingest/awaz"
                     *     }
                     */
                    "application/json": components["schemas"]["KeyView"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            408: components["responses"]["RequestTimeout"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    station_revoke_key: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id, as an answer has it. */
                id: string;
                /** @description The station's slug. */
                slug: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request was carried out. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "ok": true
                     *     }
                     */
                    "application/json": components["schemas"]["Done"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    sync_listeners: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The station's slug. */
                slug: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description How the listeners on web pages play, as their pages have reported in the last minute. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "approximate": 2,
                     *       "error_ms": {
                     *         "max": 12.5,
                     *         "p50": 12.5,
                     *         "p95": 12.5
                     *       },
                     *       "heard_after_ms": 4100,
                     *       "latency_ms": {
                     *         "max": 12.5,
                     *         "p50": 12.5,
                     *         "p95": 12.5
                     *       },
                     *       "pages": 14,
                     *       "synced": 12
                     *     }
                     */
                    "application/json": components["schemas"]["ListenersInSync"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    track_page: {
        parameters: {
            query?: {
                /** @description The `next` of the page before; the first page without it. */
                cursor?: string;
                /** @description The greatest number of items to return. */
                limit?: number;
                /** @description Words that must all be found in title, artist, album, genre or file name, whatever their case and accents. */
                search?: string;
                /** @description `added` lists the newest first. */
                sort?: "added" | "title" | "artist";
                /** @description `new` are those of the last 7 days, `duplicates` probably the same recording as another. */
                view?: "all" | "new" | "unplayable" | "duplicates" | "untagged" | "never_played" | "loved";
            };
            header?: never;
            path: {
                /** @description The station's slug. */
                slug: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A part of a station's library. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "added_at": 1767225600000,
                     *           "added_by": "Sara",
                     *           "album": "Lamps of Lahore",
                     *           "art_url": "/api/v1/stations/awaz/tracks/4f1b0c9d2e7a5f38/art",
                     *           "artist": "The Lamps",
                     *           "bitrate_kbps": 192,
                     *           "codec": "mp3",
                     *           "cue_in_ms": 120,
                     *           "cue_out_ms": 241500,
                     *           "duration_ms": 243000,
                     *           "file_name": "chirag.mp3",
                     *           "format": "mp3",
                     *           "gain_db": -2.4,
                     *           "genre": "Qawwali",
                     *           "id": "4f1b0c9d2e7a5f38",
                     *           "isrc": "",
                     *           "label": "",
                     *           "loudness_lufs": -13.6,
                     *           "measured": "done",
                     *           "peak_dbtp": -0.4,
                     *           "plays": 0,
                     *           "size": 5832000,
                     *           "title": "Chirag",
                     *           "year": 1974
                     *         }
                     *       ],
                     *       "measuring": 0,
                     *       "next": "WzE3NjcyMjU2MDAwMDAsIjRmMWIiXQ",
                     *       "quota_bytes": 50000000000,
                     *       "total": 214,
                     *       "used_bytes": 1240000000
                     *     }
                     */
                    "application/json": components["schemas"]["TracksPage"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    upload_add: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The station's slug. */
                slug: string;
            };
            cookie?: never;
        };
        /** @description A file to add to a library. */
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "file": "…"
                 *     }
                 */
                "multipart/form-data": components["schemas"]["UploadForm"];
            };
        };
        responses: {
            /** @description One track. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "track": {
                     *         "added_at": 1767225600000,
                     *         "added_by": "Sara",
                     *         "album": "Lamps of Lahore",
                     *         "art_url": "/api/v1/stations/awaz/tracks/4f1b0c9d2e7a5f38/art",
                     *         "artist": "The Lamps",
                     *         "bitrate_kbps": 192,
                     *         "codec": "mp3",
                     *         "cue_in_ms": 120,
                     *         "cue_out_ms": 241500,
                     *         "duration_ms": 243000,
                     *         "file_name": "chirag.mp3",
                     *         "format": "mp3",
                     *         "gain_db": -2.4,
                     *         "genre": "Qawwali",
                     *         "id": "4f1b0c9d2e7a5f38",
                     *         "isrc": "",
                     *         "label": "",
                     *         "loudness_lufs": -13.6,
                     *         "measured": "done",
                     *         "peak_dbtp": -0.4,
                     *         "plays": 0,
                     *         "size": 5832000,
                     *         "title": "Chirag",
                     *         "year": 1974
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["TrackAnswer"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            408: components["responses"]["RequestTimeout"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
            507: components["responses"]["InsufficientStorage"];
        };
    };
    track_change_several: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The station's slug. */
                slug: string;
            };
            cookie?: never;
        };
        /** @description Change tracks in the same way. */
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "change": {
                 *         "album": "Lamps of Lahore",
                 *         "artist": "The Lamps",
                 *         "genre": "Qawwali",
                 *         "label": "Lahore Records",
                 *         "year": 1974
                 *       },
                 *       "ids": [
                 *         "4f1b0c9d2e7a5f38"
                 *       ]
                 *     }
                 */
                "application/json": components["schemas"]["TracksPatch"];
            };
        };
        responses: {
            /** @description The tracks that a request was carried out for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "ids": [
                     *         "4f1b0c9d2e7a5f38"
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["TracksAnswer"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            408: components["responses"]["RequestTimeout"];
            413: components["responses"]["TooLarge"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    track_track: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id, as an answer has it. */
                id: string;
                /** @description The station's slug. */
                slug: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One track. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "track": {
                     *         "added_at": 1767225600000,
                     *         "added_by": "Sara",
                     *         "album": "Lamps of Lahore",
                     *         "art_url": "/api/v1/stations/awaz/tracks/4f1b0c9d2e7a5f38/art",
                     *         "artist": "The Lamps",
                     *         "bitrate_kbps": 192,
                     *         "codec": "mp3",
                     *         "cue_in_ms": 120,
                     *         "cue_out_ms": 241500,
                     *         "duration_ms": 243000,
                     *         "file_name": "chirag.mp3",
                     *         "format": "mp3",
                     *         "gain_db": -2.4,
                     *         "genre": "Qawwali",
                     *         "id": "4f1b0c9d2e7a5f38",
                     *         "isrc": "",
                     *         "label": "",
                     *         "loudness_lufs": -13.6,
                     *         "measured": "done",
                     *         "peak_dbtp": -0.4,
                     *         "plays": 0,
                     *         "size": 5832000,
                     *         "title": "Chirag",
                     *         "year": 1974
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["TrackAnswer"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    track_remove: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id, as an answer has it. */
                id: string;
                /** @description The station's slug. */
                slug: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request was carried out. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "ok": true
                     *     }
                     */
                    "application/json": components["schemas"]["Done"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    track_change: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id, as an answer has it. */
                id: string;
                /** @description The station's slug. */
                slug: string;
            };
            cookie?: never;
        };
        /** @description Change a track; what is left out stays, and one is needed. A year of 0 or an empty text removes the old one. */
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "album": "Lamps of Lahore",
                 *       "artist": "The Lamps",
                 *       "cue_in_ms": 243000,
                 *       "cue_out_ms": 243000,
                 *       "gain_db": -2.4,
                 *       "genre": "Qawwali",
                 *       "isrc": "PKA012600001",
                 *       "label": "Lahore Records",
                 *       "title": "Chirag",
                 *       "year": 1974
                 *     }
                 */
                "application/json": components["schemas"]["TrackPatch"];
            };
        };
        responses: {
            /** @description One track. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "track": {
                     *         "added_at": 1767225600000,
                     *         "added_by": "Sara",
                     *         "album": "Lamps of Lahore",
                     *         "art_url": "/api/v1/stations/awaz/tracks/4f1b0c9d2e7a5f38/art",
                     *         "artist": "The Lamps",
                     *         "bitrate_kbps": 192,
                     *         "codec": "mp3",
                     *         "cue_in_ms": 120,
                     *         "cue_out_ms": 241500,
                     *         "duration_ms": 243000,
                     *         "file_name": "chirag.mp3",
                     *         "format": "mp3",
                     *         "gain_db": -2.4,
                     *         "genre": "Qawwali",
                     *         "id": "4f1b0c9d2e7a5f38",
                     *         "isrc": "",
                     *         "label": "",
                     *         "loudness_lufs": -13.6,
                     *         "measured": "done",
                     *         "peak_dbtp": -0.4,
                     *         "plays": 0,
                     *         "size": 5832000,
                     *         "title": "Chirag",
                     *         "year": 1974
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["TrackAnswer"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            408: components["responses"]["RequestTimeout"];
            413: components["responses"]["TooLarge"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    art_track: {
        parameters: {
            query?: {
                /** @description The length of its longer side in pixels, at most. */
                size?: 96 | 300 | 1000;
                /** @description Passed over: another value for another picture, so that browsers can keep each. */
                v?: string;
            };
            header?: never;
            path: {
                /** @description The id, as an answer has it. */
                id: string;
                /** @description The station's slug. */
                slug: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A JPEG. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "image/jpeg": unknown;
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    art_set_track: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id, as an answer has it. */
                id: string;
                /** @description The station's slug. */
                slug: string;
            };
            cookie?: never;
        };
        /** @description A picture. */
        requestBody: {
            content: {
                "image/*": unknown;
            };
        };
        responses: {
            /** @description One track. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "track": {
                     *         "added_at": 1767225600000,
                     *         "added_by": "Sara",
                     *         "album": "Lamps of Lahore",
                     *         "art_url": "/api/v1/stations/awaz/tracks/4f1b0c9d2e7a5f38/art",
                     *         "artist": "The Lamps",
                     *         "bitrate_kbps": 192,
                     *         "codec": "mp3",
                     *         "cue_in_ms": 120,
                     *         "cue_out_ms": 241500,
                     *         "duration_ms": 243000,
                     *         "file_name": "chirag.mp3",
                     *         "format": "mp3",
                     *         "gain_db": -2.4,
                     *         "genre": "Qawwali",
                     *         "id": "4f1b0c9d2e7a5f38",
                     *         "isrc": "",
                     *         "label": "",
                     *         "loudness_lufs": -13.6,
                     *         "measured": "done",
                     *         "peak_dbtp": -0.4,
                     *         "plays": 0,
                     *         "size": 5832000,
                     *         "title": "Chirag",
                     *         "year": 1974
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["TrackAnswer"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            408: components["responses"]["RequestTimeout"];
            413: components["responses"]["TooLarge"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
            507: components["responses"]["InsufficientStorage"];
        };
    };
    art_remove_track: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id, as an answer has it. */
                id: string;
                /** @description The station's slug. */
                slug: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One track. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "track": {
                     *         "added_at": 1767225600000,
                     *         "added_by": "Sara",
                     *         "album": "Lamps of Lahore",
                     *         "art_url": "/api/v1/stations/awaz/tracks/4f1b0c9d2e7a5f38/art",
                     *         "artist": "The Lamps",
                     *         "bitrate_kbps": 192,
                     *         "codec": "mp3",
                     *         "cue_in_ms": 120,
                     *         "cue_out_ms": 241500,
                     *         "duration_ms": 243000,
                     *         "file_name": "chirag.mp3",
                     *         "format": "mp3",
                     *         "gain_db": -2.4,
                     *         "genre": "Qawwali",
                     *         "id": "4f1b0c9d2e7a5f38",
                     *         "isrc": "",
                     *         "label": "",
                     *         "loudness_lufs": -13.6,
                     *         "measured": "done",
                     *         "peak_dbtp": -0.4,
                     *         "plays": 0,
                     *         "size": 5832000,
                     *         "title": "Chirag",
                     *         "year": 1974
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["TrackAnswer"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    track_audio: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id, as an answer has it. */
                id: string;
                /** @description The station's slug. */
                slug: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A file. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "audio/*": unknown;
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    track_peaks: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id, as an answer has it. */
                id: string;
                /** @description The station's slug. */
                slug: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The waveform of a track. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "peaks": "AAMSJk1h",
                     *       "peaks_per_s": 20
                     *     }
                     */
                    "application/json": components["schemas"]["PeaksView"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    track_preview: {
        parameters: {
            query: {
                /** @description As it came in the address. */
                key: string;
            };
            header?: never;
            path: {
                /** @description The id, as an answer has it. */
                id: string;
                /** @description The station's slug. */
                slug: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A file. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "audio/*": unknown;
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    track_allow_preview: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id, as an answer has it. */
                id: string;
                /** @description The station's slug. */
                slug: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description An address that needs no token, for players. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "expires_in": 3600,
                     *       "url": "/api/v1/stations/awaz/tracks/4f1b0c9d2e7a5f38/preview?key=eyJhbGciOi…"
                     *     }
                     */
                    "application/json": components["schemas"]["PreviewAnswer"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    track_remove_several: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The station's slug. */
                slug: string;
            };
            cookie?: never;
        };
        /** @description Tracks of one station; those that it does not have are passed over. */
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "ids": [
                 *         "4f1b0c9d2e7a5f38"
                 *       ]
                 *     }
                 */
                "application/json": components["schemas"]["TrackIds"];
            };
        };
        responses: {
            /** @description The tracks that a request was carried out for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "ids": [
                     *         "4f1b0c9d2e7a5f38"
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["TracksAnswer"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            408: components["responses"]["RequestTimeout"];
            413: components["responses"]["TooLarge"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    upload_create: {
        parameters: {
            query?: never;
            header: {
                /** @description `1.0.0`; another version is answered with 412. */
                "Tus-Resumable": string;
                /** @description The size of the file in bytes; an empty one is refused. */
                "Upload-Length": number;
                /** @description Names with values in base64; `filename` is the name of the file, and others are passed over. */
                "Upload-Metadata"?: string;
            };
            path: {
                /** @description The station's slug. */
                slug: string;
            };
            cookie?: never;
        };
        /** @description A part of a file. */
        requestBody?: {
            content: {
                "application/offset+octet-stream": unknown;
            };
        };
        responses: {
            /** @description It has no body. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            408: components["responses"]["RequestTimeout"];
            409: components["responses"]["Conflict"];
            412: components["responses"]["PreconditionFailed"];
            413: components["responses"]["TooLarge"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
            507: components["responses"]["InsufficientStorage"];
        };
    };
    upload_offer: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The station's slug. */
                slug: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It has no body. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    sync_time: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The server's clock. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "server_time": 1795600000.25
                     *     }
                     */
                    "application/json": components["schemas"]["ServerTime"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    upload_remove: {
        parameters: {
            query?: never;
            header: {
                /** @description `1.0.0`; another version is answered with 412. */
                "Tus-Resumable": string;
            };
            path: {
                /** @description The id, as an answer has it. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It has no body. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            412: components["responses"]["PreconditionFailed"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    upload_offset: {
        parameters: {
            query?: never;
            header: {
                /** @description `1.0.0`; another version is answered with 412. */
                "Tus-Resumable": string;
            };
            path: {
                /** @description The id, as an answer has it. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It has no body. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            408: components["responses"]["RequestTimeout"];
            409: components["responses"]["Conflict"];
            412: components["responses"]["PreconditionFailed"];
            413: components["responses"]["TooLarge"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
            507: components["responses"]["InsufficientStorage"];
        };
    };
    upload_write: {
        parameters: {
            query?: never;
            header: {
                /** @description `1.0.0`; another version is answered with 412. */
                "Tus-Resumable": string;
                /** @description `sha1` or `sha256` of the part, in base64: a part that is not so is answered with 460, and not kept. */
                "Upload-Checksum"?: string;
                /** @description Where it begins: the number of bytes that have arrived. */
                "Upload-Offset": number;
            };
            path: {
                /** @description The id, as an answer has it. */
                id: string;
            };
            cookie?: never;
        };
        /** @description A part of a file. */
        requestBody?: {
            content: {
                "application/offset+octet-stream": unknown;
            };
        };
        responses: {
            /** @description It has no body. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            408: components["responses"]["RequestTimeout"];
            409: components["responses"]["Conflict"];
            412: components["responses"]["PreconditionFailed"];
            413: components["responses"]["TooLarge"];
            429: components["responses"]["TooManyRequests"];
            460: components["responses"]["ChecksumMismatch"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
            507: components["responses"]["InsufficientStorage"];
        };
    };
    site_card: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A PNG. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "image/png": unknown;
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    site_favicon: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A PNG. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "image/png": unknown;
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    health_healthz: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The request was carried out. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "ok": true
                     *     }
                     */
                    "application/json": components["schemas"]["Done"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    site_icon: {
        parameters: {
            query?: {
                /** @description Its width and height in pixels. */
                size?: 48 | 96 | 192 | 512;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A PNG. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "image/png": unknown;
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    site_manifest: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A web app manifest (https://www.w3.org/TR/appmanifest/). */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/manifest+json": unknown;
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    health_prometheus: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Plain text. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": unknown;
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    health_readyz: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The daemon can serve. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "ok": true,
                     *       "stations": {
                     *         "awaz": "its pipeline does not answer"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["Ready"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    site_robots: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Plain text. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": unknown;
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    onair_m3u: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The station's slug. */
                slug: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description An M3U playlist. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "audio/x-mpegurl": unknown;
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    onair_pls: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The station's slug. */
                slug: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A PLS playlist. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "audio/x-scpls": unknown;
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    onair_card: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The station's slug. */
                slug: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A PNG. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "image/png": unknown;
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    onair_icon: {
        parameters: {
            query?: {
                /** @description Its width and height in pixels. */
                size?: 48 | 96 | 192 | 512;
            };
            header?: never;
            path: {
                /** @description The station's slug. */
                slug: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A PNG. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "image/png": unknown;
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
}
