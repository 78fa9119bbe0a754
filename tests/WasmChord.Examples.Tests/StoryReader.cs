using Akka.Actor;
using WasmChord.Actors;
using static WasmChord.Actors.GenerationProtocol;

namespace WasmChord.Examples.Tests;

/// <summary>The actor of docs/INTEGRATION.md, which passes on what it hears.</summary>
internal sealed class StoryReader : ReceiveActor
{
    public StoryReader(IActorRef model, IActorRef listener)
    {
        Receive<string>(prompt => model.Tell(new Generate(GenerationId.New(), GenerationPrompt.FromText(prompt), new GenerationOptions { MaxTokens = 5, IgnoreEndOfText = true })));
        Receive<IEvent>(m => listener.Tell(m));
    }
}
