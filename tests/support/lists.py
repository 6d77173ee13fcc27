"""Lists of subscribers in the shapes that other programs export them in; written for the tests."""

MAILCHIMP_SUBSCRIBED = (
    '"Email Address","First Name","Last Name",Address,MEMBER_RATING,OPTIN_TIME,OPTIN_IP,'
    "CONFIRM_TIME,CONFIRM_IP,LATITUDE,LONGITUDE,GMTOFF,DSTOFF,TIMEZONE,CC,REGION,LAST_CHANGED,"
    "LEID,EUID,NOTES,TAGS\n"
    'ann@example.com,Ann,"Lee, Dr.","1 Street  Town",2,"2020-02-03 04:05:06",192.0.2.7,'
    '"2020-02-03 04:06:00",192.0.2.8,,,,,,,,"2021-01-01 00:00:00",11,e11,,"""VIP"",""Blog"""\n'
    'bob@example.com,Bob,,,2,"2020-02-04 04:05:06",,,,,,,,,,,"2021-01-01 00:00:00",12,e12,,\n'
)
MAILCHIMP_UNSUBSCRIBED = (
    '"Email Address","First Name",MEMBER_RATING,OPTIN_TIME,CONFIRM_TIME,LAST_CHANGED,UNSUB_TIME,'
    "UNSUB_CAMPAIGN_TITLE,UNSUB_CAMPAIGN_ID,UNSUB_REASON,LEID,EUID\n"
    'gone@example.com,Gone,2,,"2020-02-03 04:06:00","2022-01-01 00:00:00","2022-01-01 00:00:00",'
    "News,c1,INAPPROPRIATE,13,e13\n"
)
MAILCHIMP_CLEANED = (
    '"Email Address","First Name",MEMBER_RATING,CONFIRM_TIME,CLEAN_TIME,CLEAN_CAMPAIGN_TITLE,'
    "LEID,EUID\n"
    'dead@example.com,Dead,1,"2020-02-03 04:06:00","2022-01-01 00:00:00",News,14,e14\n'
)
MAILCHIMP_NONSUBSCRIBED = (
    '"Email Address","First Name",LAST_CHANGED,LEID,EUID\n'
    'shopper@example.com,Shop,"2022-01-01 00:00:00",15,e15\n'
)
SUBSTACK = (
    "email,active_subscription,expiry,plan,email_disabled,created_at,first_payment_at\n"
    "free@example.com,false,,other,false,2025-09-01T08:00:00.000Z,\n"
    "paid@example.com,true,2026-12-01T00:00:00.000Z,yearly,false,2025-09-02T08:00:00.000Z,\n"
    "off@example.com,false,,other,true,2025-09-03T08:00:00.000Z,\n"
)
LISTMONK = (
    "uuid,email,name,attributes,status,created_at,updated_at\n"
    '5c1d,on@example.com,On,"{""city"": ""Köln""}",enabled,2024-05-01T10:00:00Z,'
    "2024-05-01T10:00:00Z\n"
    "5c1e,off@example.com,Off,{},disabled,2024-05-01T10:00:00Z,2024-05-01T10:00:00Z\n"
    "5c1f,never@example.com,Never,{},blocklisted,2024-05-01T10:00:00Z,2024-05-01T10:00:00Z\n"
)
GHOST = (
    "id,email,name,note,subscribed_to_emails,complimentary_plan,stripe_customer_id,created_at,"
    "deleted_at,labels,tiers\r\n"
    "65a1,in@example.com,In Side,,true,false,,2024-03-01T09:30:00.000Z,,,\r\n"
    '65a2,out@example.com,Out,"a note, long",false,false,,2024-03-02T09:30:00.000Z,,,\r\n'
)
BUTTONDOWN = (
    "email,notes,metadata,tags,type,creation_date,unsubscription_date,ip_address\n"
    "yes@example.com,,{},,regular,2024-03-01 09:30:00+00:00,,192.0.2.9\n"
    'notyet@example.com,,{},"a,b",unactivated,2024-03-01 09:30:00+00:00,,\n'
    "left@example.com,,{},,unsubscribed,2024-03-01 09:30:00+00:00,2024-04-01 09:30:00+00:00,\n"
    "bad@example.com,,{},,undeliverable,2024-03-01 09:30:00+00:00,,\n"
    "angry@example.com,,{},,complained,2024-03-01 09:30:00+00:00,,\n"
    "rest@example.com,,{},,paused,2024-03-01 09:30:00+00:00,,\n"
)
PLAIN = "one@example.com\ntwo@example.com\n\nThree <three@example.com>\n"
CHINESE = "姓名;邮箱;状态\n张三;zhang@example.com;confirmed\n李四;li@example.com;\n"
