using Akka.Actor;
using Akka.TestKit.Xunit2;
using WasmChord.Memory64;

namespace WasmChord.Actors.Tests;

public sealed class LeaseBookTests : TestKit
{
    private readonly List<IActorRef> _watched = [];
    private readonly LeaseBook _book;
    private int _watches;

    public LeaseBookTests() => _book = new LeaseBook(Note, actor => Assert.True(_watched.Remove(actor)));

    [Fact]
    public void Refuse_HolderThatAsksAgain_StaysWatchedAndIsTheSameOwner()
    {
        IActorRef holder = Holder();
        OwnerId? owner = null;
        for (int i = 0; i < 100; i++)
        {
            (RequestId request, OwnerId now) = _book.Open(TestActor, holder);
            Assert.Equal(owner ??= now, now);
            _book.Refuse(request);
        }

        Assert.Equal(1, _watches);
        Assert.Equal([holder], _watched);
    }

    [Fact]
    public void Refuse_ManyHoldersOneAfterAnother_FewAreRememberedAndNobodyWhoIsBusyIsForgotten()
    {
        IActorRef busy = Holder(), regular = Holder();
        _book.Refuse(_book.Open(TestActor, busy).Request);
        _book.Open(TestActor, busy);
        for (int i = 0; i < 200; i++)
        {
            _book.Refuse(_book.Open(TestActor, Holder()).Request);
            _book.Refuse(_book.Open(TestActor, regular).Request);
        }

        Assert.Contains(busy, _watched);
        Assert.NotNull(_book.OwnerOf(busy));
        Assert.InRange(_watched.Count, 2, 12);
    }

    [Fact]
    public void HolderGone_AtRest_IsForgottenAtOnce()
    {
        IActorRef holder = Holder();
        _book.Refuse(_book.Open(TestActor, holder).Request);
        _book.HolderGone(holder);
        Assert.Null(_book.OwnerOf(holder));
        Assert.Empty(_watched);
        _book.HolderGone(holder);
    }

    [Fact]
    public void HolderGone_WithAnOpenRequest_IsForgottenWhenThatEnds()
    {
        IActorRef holder = Holder();
        (RequestId request, OwnerId owner) = _book.Open(TestActor, holder);
        _book.HolderGone(holder);
        Assert.Equal(owner, _book.OwnerOf(holder));
        _book.Refuse(request);
        Assert.Null(_book.OwnerOf(holder));
        Assert.Empty(_watched);
    }

    [Fact]
    public void Open_HolderThatCannotBeWatched_IsForgottenWithItsRequest()
    {
        (RequestId first, OwnerId one) = _book.Open(TestActor, null);
        (_, OwnerId two) = _book.Open(TestActor, null);
        Assert.NotEqual(one, two);
        Assert.Equal(TestActor, _book.Refuse(first));
        Assert.Equal(0, _watches);
    }

    private IActorRef Holder() => Sys.ActorOf(Props.Empty);

    private void Note(IActorRef actor)
    {
        _watches++;
        _watched.Add(actor);
    }
}
