"""What is refused about people, in types that every face translates in one place."""

from typing import ClassVar


class PeopleError(Exception):
    """A change that did not happen; nothing was written, and the message says what to do."""

    message: ClassVar[str] = "This change is not possible."

    def __init__(self) -> None:
        super().__init__(self.message)


class AlreadyMember(PeopleError):
    """The invited person is here already."""

    message = "This person belongs to the institution already: change their roles instead."


class NotMember(PeopleError):
    """The person has no role in the current institution."""

    message = "This person does not belong to the institution: invite them first."


class NoRole(PeopleError):
    """A member must keep a role; without any they are removed."""

    message = "Choose at least one role, or remove the person."


class LastAdministrator(PeopleError):
    """Nobody would be left who may invite people and set roles."""

    message = (
        "This is the institution's only administrator: "
        "give somebody else that role first, then take it away here."
    )


class OwnRights(PeopleError):
    """Nobody widens their own rights: an administrator could read patients without notice."""

    message = "You cannot give yourself more rights: ask another administrator to do it."


class RoleHeld(PeopleError):
    """A role that somebody has would end without their knowing."""

    message = (
        "Somebody has this role or is invited with it, or a group at an identity provider stands "
        "for it: give them another one first, then retire it."
    )


class RoleMapped(PeopleError):
    """Whoever is in a group would have more rights without anybody else having seen it."""

    message = (
        "A group at an identity provider stands for this role: take the group out of the mapping, "
        "change the role, then put the group back, which another administrator confirms."
    )


class InvitationClosed(PeopleError):
    """The invitation cannot be accepted any more."""

    message = "This invitation is no longer open: ask an administrator for a new one."


class InvitationUsed(InvitationClosed):
    """The invitation was accepted before."""

    message = "This invitation was used already: sign in to go on."


class InvitationExpired(InvitationClosed):
    """The invitation ran out, was withdrawn, or was replaced by a newer one."""

    message = "This invitation has run out: ask an administrator for a new one."


class SignInFirst(PeopleError):
    """The invited address belongs to a person who must be signed in to accept."""

    message = "Sign in with the invited address, then accept the invitation."


class ClientDisabled(PeopleError):
    """An API client that is over does not change any more."""

    message = "This client is disabled: register it anew."


class KeysElsewhere(PeopleError):
    """What is removed here would be read again."""

    message = "This client keeps its keys at its own address: remove the key there."


class OwnFactor(PeopleError):
    """An administrator's own factors are another's business."""

    message = "Change your own second factors on your page “Sign-in and security”."


class FactorElsewhere(PeopleError):
    """What a person signs in with may hold in other institutions too."""

    message = (
        "Nobody of one institution alone can reset this person's second factors. Ask whoever runs "
        "this installation; they make sure who asks, then reset them."
    )
