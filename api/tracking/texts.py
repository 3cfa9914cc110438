"""The words of the public pages."""

from dataclasses import dataclass

from api.tracking.languages import Language


@dataclass(frozen=True, slots=True)
class Texts:
    """`{topic}` and `{account}` are filled in. `channels` names a channel as it stands in a sentence."""

    title: str
    question: str
    only_topic: str
    everything: str
    button: str
    done_title: str
    done_topic: str
    done_everything: str
    invalid_title: str
    invalid: str
    email: str
    sms: str
    other: str

    def channel(self, name: str) -> str:
        return {"email": self.email, "sms": self.sms}.get(name, self.other)


TEXTS = {
    Language.ENGLISH: Texts(
        title="Unsubscribe",
        question="What do you no longer want to get from {account}?",
        only_topic="Only messages about “{topic}”",
        everything="All {channel} with news and offers",
        button="Unsubscribe",
        done_title="You have unsubscribed",
        done_topic="We will not write to you about “{topic}” any more.",
        done_everything="We will not send you any more {channel} with news and offers.",
        invalid_title="This link does not work",
        invalid="It is incomplete, or what it belongs to no longer exists. Please use the link in a newer message.",
        email="emails",
        sms="text messages",
        other="messages",
    ),
    Language.SIMPLIFIED: Texts(
        title="退订",
        question="您不想再收到{account}的哪些消息？",
        only_topic="仅“{topic}”相关消息",
        everything="所有资讯与优惠{channel}",
        button="退订",
        done_title="您已退订",
        done_topic="我们不会再向您发送有关“{topic}”的消息。",
        done_everything="我们不会再向您发送任何资讯与优惠{channel}。",
        invalid_title="此链接无效",
        invalid="链接不完整，或对应的内容已不存在。请使用较新消息中的链接。",
        email="邮件",
        sms="短信",
        other="消息",
    ),
    Language.TRADITIONAL: Texts(
        title="取消訂閱",
        question="您不想再收到{account}的哪些訊息？",
        only_topic="僅「{topic}」相關訊息",
        everything="所有資訊與優惠{channel}",
        button="取消訂閱",
        done_title="您已取消訂閱",
        done_topic="我們不會再向您發送有關「{topic}」的訊息。",
        done_everything="我們不會再向您發送任何資訊與優惠{channel}。",
        invalid_title="此連結無效",
        invalid="連結不完整，或對應的內容已不存在。請使用較新訊息中的連結。",
        email="電子郵件",
        sms="簡訊",
        other="訊息",
    ),
}
