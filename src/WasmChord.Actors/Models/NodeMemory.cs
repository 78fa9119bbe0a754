using System.Collections.Concurrent;
using Akka.Actor;

namespace WasmChord.Actors;

/// <summary>The open models of a node with their parts of its budget, for whoever divides it. Thread-safe.</summary>
internal sealed class NodeMemory
{
    private readonly ConcurrentDictionary<IActorRef, Func<ModelShare>> _models = new();

    /// <summary>Memory that models really hold.</summary>
    public long HeldBytes => _models.Values.Sum(share => share().HeldBytes);

    /// <summary>A model is open; it answers from any thread.</summary>
    public void Add(IActorRef model, Func<ModelShare> share) => _models[model] = share;

    /// <summary>A model is closed.</summary>
    public void Remove(IActorRef model) => _models.TryRemove(model, out _);

    /// <summary>The models at this moment.</summary>
    public (IActorRef Model, ModelShare Share)[] Snapshot() => [.. _models.Select(pair => (pair.Key, pair.Value()))];
}
